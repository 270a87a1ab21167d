import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import type { MomentKind } from "#components/ui/moment-text.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { IdentityRow } from "#lib/inventory/queries.ts";
import classes from "./inventory.module.css";
import { capital, leaverText, words } from "./inventory-words.ts";

export const identityColumns: readonly DataColumn<IdentityRow>[] = [
  {
    id: "name",
    header: "Identity",
    cell: (row) => (
      <>
        <TextLink href={`/identities/${row.id}`}>{row.name}</TextLink>{" "}
        {row.login && row.login !== row.name && <span className={classes.dim}>{row.login}</span>}
      </>
    ),
  },
  { id: "class", header: "Class", width: 110, cell: (row) => capital(words(row.class)) },
  { id: "person", header: "Person or owner", cell: (row) => <Behind row={row} /> },
  { id: "status", header: "Status", width: 120, cell: (row) => <StateBadge state={row.status} /> },
  { id: "environment", header: "Environment", width: 112, hideBelow: 1120, cell: (row) => capital(words(row.environment)) },
  {
    id: "source",
    header: "Source",
    width: 170,
    hideBelow: 960,
    cell: (row) => <TextLink href={`/sources/${row.sourceId}`}>{row.source}</TextLink>,
  },
  {
    id: "used",
    header: "Last used",
    width: 176,
    hideBelow: 960,
    cell: (row) => <Moment at={row.lastUsedAt} kind={row.lastUsedKind as MomentKind} show="relative" />,
  },
];

/** Whose it is; of what is nobody's own, who answers for it. */
export function Behind({ row }: { row: Pick<IdentityRow, "personId" | "person" | "personStatus" | "ownerId" | "owner" | "class"> }) {
  const leaver = leaverText(row.personStatus);
  if (row.personId)
    return (
      <>
        <TextLink href={`/people/${row.personId}`}>{row.person}</TextLink> {leaver && <ToneText tone="danger">{leaver}</ToneText>}
      </>
    );
  if (row.ownerId)
    return (
      <>
        <span className={classes.dim}>owned by</span> <TextLink href={`/people/${row.ownerId}`}>{row.owner}</TextLink>
      </>
    );
  return row.class === "human" ? <ToneText tone="unknown">person unknown</ToneText> : <ToneText tone="warning">no owner</ToneText>;
}
