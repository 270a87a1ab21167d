"use client";

import { Modal, Select, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { useReads } from "#components/ui/reads.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { correctMatchAction } from "#lib/inventory/actions.ts";
import type { MatchingRow } from "#lib/inventory/proposals.sql.ts";
import type { PersonRow } from "#lib/inventory/queries.ts";

const SETTLE_MS = 200;

async function readPeople(q: string, signal: AbortSignal): Promise<PersonRow[]> {
  const response = await fetch(`/api/v1/sources/people?q=${encodeURIComponent(q)}`, { signal });
  if (!response.ok) throw new Error(`People answered ${response.status}`);
  return ((await response.json()) as { people: PersonRow[] }).people;
}

const labelOf = ({ name, title, department, mail, status }: PersonRow): string =>
  [name, title ?? department ?? mail, status === "left" ? "has left" : null].filter(Boolean).join(", ");

/** Names the person of an identity by hand, with a reason. */
export function ChoosePerson({ row, onClose }: { row: MatchingRow; onClose: () => void }) {
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null);
  const [typed, setTyped] = useState("");
  // What is chosen stands in the field as if it had been typed.
  const [q] = useDebouncedValue(typed === chosen?.label ? "" : typed, SETTLE_MS);
  const {
    data: people,
    isError,
    isFetching,
  } = useQuery({ queryKey: ["match-people", q], queryFn: ({ signal }) => readPeople(q, signal) }, useReads());
  const options = (people ?? []).map((person) => ({ value: person.id, label: labelOf(person) }));
  if (chosen && !options.some(({ value }) => value === chosen.value)) options.push(chosen);
  const nothing = isError ? "People cannot be read now. Type again to retry." : isFetching ? "Searching…" : "Nobody has such a name";
  return (
    <Modal opened onClose={onClose} title={`Whose is ${row.identity}?`} closeButtonProps={{ "aria-label": "Close" }}>
      <ActionForm
        action={correctMatchAction}
        read={(form) => ({ identityId: row.identityId, personId: chosen?.value ?? "", reason: String(form.get("reason") ?? "") })}
        submit="Match to this person"
        onCancel={onClose}
        onDone={() => {
          toastDone(`${row.identity} has its person.`);
          onClose();
        }}
      >
        {(errors) => (
          <>
            <p>
              {row.person
                ? `It takes the place of ${row.person}, and no later sync changes it.`
                : "It counts at once, and no later sync changes it."}
            </p>
            <Select
              label="Person"
              required
              searchable
              data={options}
              value={chosen?.value ?? null}
              onChange={(value) => setChosen(options.find((option) => option.value === value) ?? null)}
              onSearchChange={setTyped}
              filter={({ options: all }) => all}
              nothingFoundMessage={nothing}
              placeholder="Part of a name, a mail address or an id"
              error={errors.personId ? "Choose a person" : undefined}
              data-autofocus
            />
            <Textarea name="reason" label="How you know" required autosize minRows={2} maxRows={8} error={errors.reason} />
          </>
        )}
      </ActionForm>
    </Modal>
  );
}
