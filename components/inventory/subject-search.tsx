"use client";

import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { useReads } from "#components/ui/reads.ts";
import type { FoundSubject } from "#lib/inventory/subjects.sql.ts";

const SETTLE_MS = 200;
const GROUPS = { person: "People", identity: "Identities", resource: "Resources", entitlement: "Entitlements" } as const;

async function readSubjects(q: string, signal: AbortSignal): Promise<FoundSubject[]> {
  const response = await fetch(`/api/v1/inventory/subjects?q=${encodeURIComponent(q)}`, { signal });
  if (!response.ok) throw new Error(`Subjects answered ${response.status}`);
  return ((await response.json()) as { subjects: FoundSubject[] }).subjects;
}

const optionOf = ({ kind, id }: { kind: string; id: string }) => `${kind}:${id}`;

/** Somebody or something to ask about, by a part of its name. Choosing asks at once; the question is in the address. */
export function SubjectSearch({ asked }: { asked: Pick<FoundSubject, "kind" | "id" | "name"> | null }) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed === asked?.name ? "" : typed, SETTLE_MS);
  const { data, isError, isFetching } = useQuery(
    {
      queryKey: ["subjects", q],
      queryFn: ({ signal }) => readSubjects(q, signal),
      enabled: q !== "",
    },
    useReads(),
  );
  const options = useMemo(() => {
    const found = data ?? [];
    const known = asked && !found.some((each) => optionOf(each) === optionOf(asked)) ? [{ ...asked, detail: null }] : [];
    return (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).flatMap((kind) => {
      const items = [...found, ...known].filter((each) => each.kind === kind);
      const labels = items.map((each) => ({ value: optionOf(each), label: each.detail ? `${each.name} (${each.detail})` : each.name }));
      return labels.length > 0 ? [{ group: GROUPS[kind], items: labels }] : [];
    });
  }, [data, asked]);
  return (
    <Select
      label="A person, an identity, a resource or an entitlement"
      placeholder="Part of a name"
      data={options}
      value={asked ? optionOf(asked) : null}
      onChange={(about) => about !== null && router.push(`/access?about=${encodeURIComponent(about)}`)}
      searchable
      allowDeselect={false}
      onSearchChange={setTyped}
      filter={({ options: all }) => all}
      nothingFoundMessage={
        isError
          ? "It cannot be searched now. Type again to retry."
          : q === ""
            ? "Type a part of a name"
            : isFetching
              ? "Searching…"
              : "Nothing has such a name"
      }
      maxDropdownHeight={360}
      w="min(100%, 520px)"
      comboboxProps={{ withinPortal: true }}
    />
  );
}
