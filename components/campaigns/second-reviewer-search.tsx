"use client";

import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { counted } from "#components/ui/moment-text.ts";
import { useReads } from "#components/ui/reads.ts";
import type { SecondReviewer } from "#lib/campaigns/second-reviewers.sql.ts";
import { SECOND_REVIEWER_WORDS } from "#lib/campaigns/second-reviewers.ts";
import type { PersonChoice } from "./person-search.tsx";
import classes from "./setup-form.module.css";
import { INELIGIBLE_WORDS } from "./words.ts";

type SecondReviewerSearchProps = {
  campaignId: string;
  reviewerId: string;
  value: PersonChoice | null;
  onChange: (person: PersonChoice | null) => void;
  error: string | undefined;
};

const SETTLE_MS = 200;

async function readPeople(path: string, signal: AbortSignal): Promise<SecondReviewer[]> {
  const response = await fetch(path, { signal });
  if (!response.ok) throw new Error(`Second reviewers answered ${response.status}`);
  return ((await response.json()) as { people: SecondReviewer[] }).people;
}

const labelOf = ({ name, title }: SecondReviewer): string => (title ? `${name}, ${title}` : name);

/** Proposes who may look again; whoever is searched for and may not is listed with why. */
export function SecondReviewerSearch({ campaignId, reviewerId, value, onChange, error }: SecondReviewerSearchProps) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<SecondReviewer | null>(null);
  const [q] = useDebouncedValue(chosen && typed === labelOf(chosen) ? "" : typed, SETTLE_MS);
  const path = `/api/v1/campaigns/${campaignId}/second-reviewers?of=${reviewerId}&q=${encodeURIComponent(q)}`;
  const { data, isError, isFetching } = useQuery({ queryKey: [path], queryFn: ({ signal }) => readPeople(path, signal) }, useReads());
  const found = [...(data ?? []), ...(chosen && !data?.some(({ personId }) => personId === chosen.personId) ? [chosen] : [])];
  const nothing = isError ? "People cannot be read now. Type again to retry." : isFetching ? "Searching…" : "Nobody has such a name";
  return (
    <Select
      label="Who looks again"
      description="Proposed: who is independent of the access and of the first reviewer, with the fewest open items first. Search for anybody to see why not."
      required
      data={found.map((person) => ({ value: person.personId, label: labelOf(person), disabled: person.refusals.length > 0 }))}
      renderOption={({ option }) => {
        const person = found.find(({ personId }) => personId === option.value);
        return (
          <span>
            {option.label}
            {person && <span className={classes.more}>{standingWords(person)}</span>}
          </span>
        );
      }}
      value={value?.personId ?? null}
      onChange={(personId) => {
        const person = found.find((each) => each.personId === personId) ?? null;
        setChosen(person);
        onChange(person && { personId: person.personId, name: person.name });
      }}
      error={error}
      searchable
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={nothing}
      placeholder="Part of a name"
      maxDropdownHeight={320}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

function standingWords({ refusals, cautions, open, free, of, dependsBy }: SecondReviewer): string {
  const why = dependsBy.map((reason) => INELIGIBLE_WORDS[reason]).join(", ");
  if (refusals.length > 0)
    return `Not eligible: ${refusals.map((refusal) => (refusal === "of_no_item" && why ? why : SECOND_REVIEWER_WORDS[refusal])).join("; ")}`;
  return `${counted(open, "open item")}${free < of ? `; may judge ${free} of ${of} (of the rest ${why})` : ""}${
    cautions.length > 0 ? `; not wholly independent: ${cautions.map((caution) => SECOND_REVIEWER_WORDS[caution]).join("; ")}` : ""
  }`;
}
