"use client";

import { useRouter } from "next/navigation";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { roleText } from "#lib/auth/rules.ts";
import type { UserRow } from "#lib/auth/types.ts";
import { ROLES } from "#lib/authz/permissions.ts";
import { userColumns } from "./user-columns.tsx";

const rowId = (row: UserRow) => row.id;
const FILTERS = [
  {
    param: "role",
    label: "Role",
    options: [...ROLES.map((role) => ({ value: role, label: roleText(role) })), { value: "none", label: "no role" }],
  },
  {
    param: "state",
    label: "State",
    options: [
      { value: "active", label: "active" },
      { value: "disabled", label: "disabled" },
    ],
  },
];

export function UsersTable({ rows, isFiltered }: { rows: UserRow[]; isFiltered: boolean }) {
  const router = useRouter();
  return (
    <DataTable
      caption="Users of Countersign"
      columns={userColumns}
      rows={rows}
      getRowId={rowId}
      toolbar={<FilterBar text={{ label: "Name or mail address" }} filters={FILTERS} />}
      empty={
        isFiltered ? (
          <EmptyState
            title="Nobody under this filter"
            why="No user fits it."
            action={<LinkButton href="/administration/users">Show all users</LinkButton>}
          />
        ) : (
          <EmptyState title="No user yet" why="Users are invited, or appear when they first sign in at the identity provider." />
        )
      }
      onOpen={(row) => router.push(`/administration/users/${row.id}`)}
    />
  );
}
