"use client";

import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { EmptyState, NothingFiltered } from "#components/ui/states.tsx";
import type { RemediationRow } from "#lib/remediation/types.ts";
import { remediationColumns } from "./remediation-columns.tsx";
import { REMEDIATION_STATES } from "./remediation-words.ts";

type RemediationsTableProps = {
  rows: RemediationRow[];
  campaigns: { value: string; label: string }[];
  isFiltered: boolean;
  /** More fit than are shown. */
  isCut: boolean;
  /** Some are over and not shown unless asked for. */
  hasFinished: boolean;
};

const rowId = (row: RemediationRow) => row.id;
const SHOW = [{ value: "all", label: "finished ones too" }];
const RISKS = ["critical", "high", "ordinary", "low"].map((value) => ({ value, label: `${value} risk` }));

export function RemediationsTable({ rows, campaigns, isFiltered, isCut, hasFinished }: RemediationsTableProps) {
  const router = useRouter();
  const filters = useMemo(
    () => [
      { param: "state", label: "State", options: REMEDIATION_STATES },
      { param: "risk", label: "Risk", options: RISKS },
      { param: "campaignId", label: "Campaign", options: campaigns },
      { param: "overdue", label: "Due", options: [{ value: "yes", label: "overdue" }] },
      { param: "show", label: "Show", options: SHOW },
    ],
    [campaigns],
  );
  return (
    <DataTable
      caption="Removals, the most urgent first"
      columns={remediationColumns}
      rows={rows}
      getRowId={rowId}
      total={isCut ? null : rows.length}
      toolbar={<FilterBar text={{ label: "Access or person" }} filters={filters} />}
      empty={
        isFiltered ? (
          <NothingFiltered why="Without it there may be more." href="/remediations" showAll="Show all open removals" />
        ) : (
          <EmptyState
            title={hasFinished ? "Nothing is left to be removed" : "Nothing is to be removed"}
            why="When a reviewer revokes access, its removal is planned here: at once for high and critical risk, at the sign-off for the rest."
            {...(hasFinished
              ? {
                  action: (
                    <LinkButton href="/remediations?show=all" variant="default">
                      Show what is gone
                    </LinkButton>
                  ),
                }
              : {})}
          />
        )
      }
      onOpen={(row) => router.push(`/remediations/${row.id}`)}
    />
  );
}
