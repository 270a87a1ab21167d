import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import type { MomentKind } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { BoardLine } from "#lib/sessions/types.ts";
import { MfaBadge, PrivilegeBadge } from "./fact-badges.tsx";

const unknown = <ToneText tone="unknown">unknown</ToneText>;

export const sessionColumns: readonly DataColumn<BoardLine>[] = [
  { id: "who", header: "Who", cell: (row) => <TextLink href={`/sessions/${row.id}`}>{row.identity}</TextLink> },
  { id: "privileged", header: "Privilege", width: 128, cell: (row) => <PrivilegeBadge privileged={row.privileged} short /> },
  { id: "mfa", header: "MFA", width: 136, cell: (row) => <MfaBadge session={row} /> },
  {
    id: "source",
    header: "On",
    width: 150,
    hideBelow: 640,
    cell: (row) => <TextLink href={`/sources/${row.sourceId}`}>{row.source}</TextLink>,
  },
  { id: "from", header: "From", width: 130, hideBelow: 960, cell: (row) => row.address ?? unknown },
  { id: "how", header: "Signed in by", width: 140, hideBelow: 1120, cell: (row) => row.authenticatedBy ?? unknown },
  { id: "elevated", header: "Elevated by", width: 140, hideBelow: 800, cell: (row) => <ElevatedBy row={row} /> },
  {
    id: "begun",
    header: "Begun",
    width: 112,
    cell: (row) => <Moment at={row.startedAt} kind={row.startedKind as MomentKind} show="relative" />,
  },
  {
    id: "active",
    header: "Last active",
    width: 120,
    hideBelow: 1120,
    cell: (row) => <Moment at={row.lastActiveAt} kind={row.lastActiveKind as MomentKind} show="relative" />,
  },
];

function ElevatedBy({ row }: { row: BoardLine }) {
  if (row.elevatedFrom === null) return row.told === "derived" ? "not elevated" : unknown;
  return row.elevatedFromId ? <TextLink href={`/sessions/${row.elevatedFromId}`}>{row.elevatedFrom}</TextLink> : row.elevatedFrom;
}
