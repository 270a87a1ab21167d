import { InvitationsList } from "#components/auth/invitations-list.tsx";
import { InviteUser } from "#components/auth/invite-user.tsx";
import { UsersTable } from "#components/auth/users-table.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { loadUsers, type Search } from "#lib/auth/loaders.ts";
import { granteesOf } from "#lib/authz/permissions.ts";

export const metadata = { title: "Users" };

export default async function UsersPage({ searchParams }: { searchParams: Promise<Search> }) {
  const found = await loadUsers(await searchParams);
  if (!found) return <DeniedState what="The list of users" roles={granteesOf("user.read")} />;
  const { users, invitations, isFiltered, canManage } = found;
  return (
    <>
      <PageHeader
        title="Users"
        summary={
          <>
            Who may sign in here, and what they may do. {counted(users.length, "user")}
            {isFiltered ? " under this filter" : ""}.{" "}
            {canManage && <TextLink href="/administration/notifications">Mail and webhooks</TextLink>}{" "}
            {canManage && <TextLink href="/campaigns/duties">Separation of duties</TextLink>}
          </>
        }
        action={canManage ? <InviteUser /> : undefined}
      />
      <UsersTable rows={users} isFiltered={isFiltered} />
      {invitations.length > 0 && (
        <Section title="Open invitations">
          <InvitationsList invitations={invitations} canManage={canManage} />
        </Section>
      )}
    </>
  );
}
