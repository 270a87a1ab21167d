import { AuditTable } from "#components/audit/audit-table.tsx";
import { eventWords } from "#components/audit/event-words.ts";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { EVENTS } from "#lib/audit/events.ts";
import { type AuditSearch, loadAuditEvents, loadLogState } from "#lib/audit/loaders.ts";

export const metadata = { title: "Audit" };

/** The subjects of events, each as "every change of", then every single type. */
const TYPES = [...new Set(Object.keys(EVENTS).map((type) => `${type.split(".")[0]}.`))]
  .map((value) => ({ value, label: `Everything about ${value.slice(0, -1).replaceAll("_", " ")}` }))
  .concat(Object.keys(EVENTS).map((value) => ({ value, label: eventWords(value) })));

export default async function AuditPage({ searchParams }: { searchParams: Promise<AuditSearch> }) {
  const [{ rows, next, filter }, log] = await Promise.all([loadAuditEvents(await searchParams), loadLogState()]);
  const { after: _after, ...kept } = filter;
  const older = new URLSearchParams({ ...kept, ...(next ? { after: next } : {}) });
  return (
    <>
      <PageHeader title="Audit" summary={<LogSummary {...log} />} />
      <AuditTable rows={rows} types={TYPES} isFiltered={Object.keys(kept).length > 0} />
      <nav aria-label="Pages of the history">
        {filter.after ? (
          <LinkButton href={`/audit?${new URLSearchParams(kept)}`} variant="subtle">
            Newest
          </LinkButton>
        ) : null}
        {next ? (
          <LinkButton href={`/audit?${older}`} variant="default">
            Older
          </LinkButton>
        ) : null}
      </nav>
    </>
  );
}

function LogSummary({ events, sealed, latest }: Awaited<ReturnType<typeof loadLogState>>) {
  return (
    <>
      {counted(Number(events), "change")} recorded, {countText(sealed)} sealed.{" "}
      {latest ? (
        <>
          Last signed <Moment at={latest.signedAt} show="relative" /> over {countText(latest.treeSize)}
          {latest.isConsistent
            ? ", and the stored tree still gives that root."
            : ". The stored tree no longer gives that root: tell security now."}
        </>
      ) : (
        "Not signed yet."
      )}
    </>
  );
}
