import type { DataColumn } from "#components/data-table/columns.ts";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { ResourceListRow } from "#lib/inventory/queries.ts";
import classes from "./inventory.module.css";
import { capital, words } from "./inventory-words.ts";

export const resourceColumns: readonly DataColumn<ResourceListRow>[] = [
  {
    id: "name",
    header: "Resource",
    cell: (row) => (
      <span className={classes.named}>
        <TextLink href={`/resources/${row.id}`}>{row.name}</TextLink>
        {row.parent && <span className={classes.dim}>in {row.parent}</span>}
      </span>
    ),
  },
  { id: "class", header: "Class", width: 140, cell: (row) => capital(words(row.class)) },
  { id: "environment", header: "Environment", width: 116, cell: (row) => capital(words(row.environment)) },
  { id: "sensitivity", header: "Sensitivity", width: 116, hideBelow: 960, cell: (row) => capital(words(row.sensitivity)) },
  {
    id: "owner",
    header: "Owner",
    width: 160,
    hideBelow: 960,
    cell: (row) =>
      row.ownerId ? <TextLink href={`/people/${row.ownerId}`}>{row.owner}</TextLink> : <ToneText tone="unknown">unknown</ToneText>,
  },
  {
    id: "source",
    header: "Source",
    width: 160,
    hideBelow: 1120,
    cell: (row) => <TextLink href={`/sources/${row.sourceId}`}>{row.source}</TextLink>,
  },
  {
    id: "privileged",
    header: "Privileged",
    width: 100,
    align: "end",
    hideBelow: 800,
    cell: (row) => {
      const words = `${countText(row.privileged)} of ${countText(row.entitlements)}`;
      return row.privileged === 0 ? words : <TextLink href={`/access?about=resource:${row.id}&privileged=yes`}>{words}</TextLink>;
    },
  },
  {
    id: "identities",
    header: "Reached by",
    width: 110,
    align: "end",
    cell: (row) => <TextLink href={`/access?about=resource:${row.id}`}>{countText(row.identities)}</TextLink>,
  },
];
