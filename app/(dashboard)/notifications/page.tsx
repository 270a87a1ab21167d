import { Inbox, MarkAllRead } from "#components/notifications/inbox.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { loadInbox } from "#lib/notifications/loaders.ts";

export const metadata = { title: "Notifications" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function NotificationsPage({ searchParams }: Props) {
  const { rows, unread, show, isCut } = await loadInbox(await searchParams);
  const count = unread > 99 ? "More than 99 unread" : counted(unread, "unread notification");
  return (
    <>
      <PageHeader
        title="Notifications"
        summary={
          <>
            {unread === 0 ? "Nothing unread" : count}.{" "}
            {show === "all" ? (
              <TextLink href="/notifications?show=unread">Show unread only</TextLink>
            ) : (
              <TextLink href="/notifications">Show all</TextLink>
            )}
            . <TextLink href="/account">How you are told</TextLink>.
          </>
        }
        action={unread > 0 ? <MarkAllRead /> : undefined}
      />
      {rows.length === 0 ? (
        <EmptyState
          title={show === "unread" ? "Nothing unread" : "Nothing to tell you yet"}
          why="When something waits for you, or is about you, it is told here and by mail: what to do, and by when."
        />
      ) : (
        <Inbox rows={rows} />
      )}
      {isCut && <p>The newest {rows.length} are shown.</p>}
    </>
  );
}
