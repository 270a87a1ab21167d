import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { roleText } from "#lib/auth/rules.ts";
import type { UserRow } from "#lib/auth/types.ts";

export const userColumns: readonly DataColumn<UserRow>[] = [
  {
    id: "name",
    header: "User",
    width: 168,
    cell: (row) => <TextLink href={`/administration/users/${row.id}`}>{row.displayName}</TextLink>,
  },
  { id: "mail", header: "Mail address", hideBelow: 960, cell: (row) => row.mail ?? "unknown" },
  { id: "roles", header: "Roles", cell: (row) => (row.roles.length > 0 ? row.roles.map(roleText).join(", ") : "none") },
  { id: "person", header: "Person", width: 170, hideBelow: 1120, cell: (row) => row.personName ?? "not linked" },
  {
    id: "issuer",
    header: "Signs in by",
    width: 150,
    hideBelow: 1120,
    cell: (row) => (row.issuer === "local" ? "password" : "single sign-on"),
  },
  {
    id: "seen",
    header: "Last seen",
    width: 140,
    cell: (row) => <Moment at={row.lastSeenAt} kind={row.lastSeenAt ? "value" : "never"} show="relative" />,
  },
  {
    id: "state",
    header: "State",
    width: 120,
    cell: (row) => <StateBadge state={row.state} />,
  },
];
