"use client";

import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { counted } from "#components/ui/moment-text.ts";
import { useReads } from "#components/ui/reads.ts";
import type { GroupChoice } from "#lib/campaigns/reviewer-groups.sql.ts";
import { RING_WORDS } from "./plan-words.ts";
import classes from "./setup-form.module.css";

type GroupSearchProps = {
  /** Whichever the plan names already. */
  known: readonly GroupChoice[];
  value: string | null;
  onChange: (entitlementId: string | null) => void;
};

const SETTLE_MS = 200;

async function readGroups(q: string, signal: AbortSignal): Promise<GroupChoice[]> {
  const response = await fetch(`/api/v1/campaigns/groups?q=${encodeURIComponent(q)}`, { signal });
  if (!response.ok) throw new Error(`Groups answered ${response.status}`);
  return ((await response.json()) as { groups: GroupChoice[] }).groups;
}

const labelOf = ({ name, resource, source }: GroupChoice): string =>
  `${name}${resource && !name.includes(resource) ? ` on ${resource}` : ""} (${source})`;

/** Whoever holds an entitlement, by a part of its name, with the rule that says who of them gets which item. */
export function GroupSearch({ known, value, onChange }: GroupSearchProps) {
  const [chosen, setChosen] = useState<GroupChoice | undefined>(known.find(({ entitlementId }) => entitlementId === value));
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(chosen && typed === labelOf(chosen) ? "" : typed, SETTLE_MS);
  const { data, isError, isFetching } = useQuery({ queryKey: ["groups", q], queryFn: ({ signal }) => readGroups(q, signal) }, useReads());
  const found = [
    ...(data ?? []),
    ...(chosen && !data?.some(({ entitlementId }) => entitlementId === chosen.entitlementId) ? [chosen] : []),
  ];
  const nothing = isError ? "Groups cannot be read now. Type again to retry." : isFetching ? "Searching…" : "No group has such a name";
  return (
    <div className={classes.group}>
      <Select
        label="Group"
        description="Whoever holds this, directly or through other groups, when the population is frozen."
        required
        data={found.map((group) => ({
          value: group.entitlementId,
          label: labelOf(group),
          disabled: group.members === 0 && group.entitlementId !== value,
        }))}
        renderOption={({ option }) => {
          const members = found.find(({ entitlementId }) => entitlementId === option.value)?.members ?? 0;
          return (
            <span>
              {option.label}
              <span className={classes.hint}> · {members === 0 ? "nobody in office" : counted(members, "member")}</span>
            </span>
          );
        }}
        value={value}
        onChange={(entitlementId) => {
          setChosen(found.find((group) => group.entitlementId === entitlementId));
          onChange(entitlementId);
        }}
        searchable
        onSearchChange={setTyped}
        filter={({ options }) => options}
        nothingFoundMessage={nothing}
        placeholder="Part of a name"
        error={value === null ? "Choose a group." : undefined}
      />
      {chosen && <p className={classes.hint}>{membersWords(chosen)}</p>}
      <p className={classes.hint}>{RING_WORDS}</p>
    </div>
  );
}

function membersWords({ members, names }: GroupChoice): string {
  if (members === 0) return "Nobody in office holds it now: the next in the order is asked.";
  const more = members - names.length;
  return `${counted(members, "member")} in office: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}
