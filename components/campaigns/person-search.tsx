"use client";

import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useReads } from "#components/ui/reads.ts";

export type PersonChoice = { personId: string; name: string };
type Found = PersonChoice & { title: string | null; hasSignIn: boolean };

type PersonSearchProps = {
  label: string;
  description?: string;
  value: PersonChoice | null;
  onChange: (person: PersonChoice | null) => void;
  error?: string | undefined;
  required?: boolean;
};

const SETTLE_MS = 200;

async function readPeople(q: string, signal: AbortSignal): Promise<Found[]> {
  const response = await fetch(`/api/v1/campaigns/people?q=${encodeURIComponent(q)}`, { signal });
  if (!response.ok) throw new Error(`People answered ${response.status}`);
  return ((await response.json()) as { people: Found[] }).people;
}

const labelOf = ({ name, title, hasSignIn }: Found) => `${title ? `${name}, ${title}` : name}${hasSignIn ? "" : " (no sign-in yet)"}`;

/** Somebody in office, by a part of their name. The server searches; it shows at most twenty. */
export function PersonSearch({ label, description, value, onChange, error, required = false }: PersonSearchProps) {
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed === value?.name ? "" : typed, SETTLE_MS);
  const {
    data: found,
    isError,
    isFetching,
  } = useQuery({ queryKey: ["people", q], queryFn: ({ signal }) => readPeople(q, signal) }, useReads());
  const options = useMemo(() => {
    const people = (found ?? []).map((person) => ({ value: person.personId, label: labelOf(person) }));
    if (value && !people.some((option) => option.value === value.personId)) people.push({ value: value.personId, label: value.name });
    return people;
  }, [found, value]);
  const nothing = isError
    ? "People cannot be read now. Type again to retry."
    : isFetching
      ? "Searching…"
      : "Nobody in office has such a name";
  return (
    <Select
      label={label}
      {...(description ? { description } : {})}
      error={error}
      required={required}
      data={options}
      value={value?.personId ?? null}
      onChange={(personId, option) => {
        const person = found?.find((each) => each.personId === personId);
        onChange(personId === null ? null : { personId, name: person?.name ?? option?.label ?? "unknown" });
      }}
      searchable
      clearable={!required}
      clearButtonProps={{ "aria-label": `Clear: ${label}` }}
      onSearchChange={setTyped}
      filter={({ options: all }) => all}
      nothingFoundMessage={nothing}
      placeholder="Part of a name"
      comboboxProps={{ withinPortal: true }}
    />
  );
}
