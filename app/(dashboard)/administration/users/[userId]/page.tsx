import { notFound } from "next/navigation";
import { PersonLink } from "#components/auth/person-link.tsx";
import { UserRoles, UserState } from "#components/auth/user-access.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { loadUser, type Search } from "#lib/auth/loaders.ts";

export const metadata = { title: "User" };

type Props = { params: Promise<{ userId: string }>; searchParams: Promise<Search> };

export default async function UserPage({ params, searchParams }: Props) {
  const [{ userId }, { person }] = await Promise.all([params, searchParams]);
  const search = typeof person === "string" ? person.slice(0, 100) : "";
  const found = await loadUser(userId, search);
  if (!found) notFound();
  const { user, people, canManage, isSelf } = found;
  const name = user.displayName;
  const facts = [
    { term: "Mail address", value: user.mail },
    { term: "Signs in by", value: user.issuer === "local" ? "password" : `single sign-on (${user.issuer})` },
    { term: "User since", value: <Moment at={user.createdAt} show="date" /> },
    { term: "Last seen", value: <Moment at={user.lastSeenAt} kind={user.lastSeenAt ? "value" : "never"} show="relative" /> },
  ];
  return (
    <>
      <PageHeader title={name} parent={<TextLink href="/administration/users">Users</TextLink>} badge={<StateBadge state={user.state} />} />
      <DefinitionList facts={facts} />
      <Section title="Roles">
        <UserRoles userId={user.id} name={name} roles={user.roles} canManage={canManage} />
      </Section>
      <Section title="Person">
        <PersonLink
          userId={user.id}
          name={name}
          person={user.personId ? { id: user.personId, name: user.personName ?? "a person who is no longer known" } : null}
          people={people}
          search={search}
          canManage={canManage}
        />
      </Section>
      {canManage && (
        <Section title="Access">
          <UserState userId={user.id} name={name} isDisabled={user.state === "disabled"} isSelf={isSelf} />
        </Section>
      )}
    </>
  );
}
