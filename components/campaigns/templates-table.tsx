"use client";

import { useRouter } from "next/navigation";
import type { DataColumn } from "#components/data-table/columns.ts";
import { DataTable } from "#components/data-table/data-table.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { TemplateRow } from "#lib/campaigns/plan-types.ts";
import { PERIOD_WORDS } from "./campaign-words.ts";

const columns: readonly DataColumn<TemplateRow>[] = [
  { id: "name", header: "Template", cell: (row) => <TextLink href={`/campaigns/templates/${row.id}`}>{row.name}</TextLink> },
  { id: "every", header: "Comes again", width: 150, cell: (row) => (row.every ? `every ${PERIOD_WORDS[row.every]}` : "not by itself") },
  {
    id: "next",
    header: "Next start",
    width: 220,
    cell: (row) => (row.nextAt ? <Moment at={row.nextAt} zone={row.zone} show="instant" /> : "none planned"),
  },
  { id: "cycles", header: "Cycles so far", width: 120, align: "end", hideBelow: 960, cell: (row) => row.cycles },
  {
    id: "missed",
    header: "Missed",
    width: 180,
    cell: (row) =>
      row.unexplained === 0 ? "none unexplained" : <ToneText tone="warning">{counted(row.unexplained, "reason")} wanted</ToneText>,
  },
  { id: "owner", header: "Owner", width: 160, hideBelow: 1120, cell: (row) => row.ownerName ?? "unknown" },
];

export function TemplatesTable({ rows, canManage }: { rows: TemplateRow[]; canManage: boolean }) {
  const router = useRouter();
  return (
    <DataTable
      caption="Campaign templates"
      columns={columns}
      rows={rows}
      getRowId={(row) => row.id}
      empty={
        <EmptyState
          title="No template yet"
          why="A template drafts and freezes a campaign each quarter, or whenever it should come again, and keeps account of the ones that were missed."
          {...(canManage ? { action: <LinkButton href="/campaigns/templates/new">New template</LinkButton> } : {})}
        />
      }
      onOpen={(row) => router.push(`/campaigns/templates/${row.id}`)}
    />
  );
}
