import { BoardCharts } from "#components/sessions/board-charts.tsx";
import { ImportLogs } from "#components/sessions/import-logs.tsx";
import { Lifetimes } from "#components/sessions/lifetimes.tsx";
import { SessionLanes } from "#components/sessions/session-lanes.tsx";
import { privilegedDetail } from "#components/sessions/session-words.ts";
import classes from "#components/sessions/sessions.module.css";
import { SessionsTable } from "#components/sessions/sessions-table.tsx";
import { SourceTellings } from "#components/sessions/source-tellings.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { StatTile, StatTiles } from "#components/ui/stat-tile.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadBoard } from "#lib/sessions/loaders.ts";

export const metadata = { title: "Sessions" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };
type Board = NonNullable<Awaited<ReturnType<typeof loadBoard>>>;

export default async function SessionsPage({ searchParams }: Props) {
  const board = await loadBoard(await searchParams);
  if (!board) return <DeniedState what="The sessions board" roles={granteesOf("session.read")} />;
  const { list, params, totals, sources, lanes, charts, span, canImport } = board;
  const choices = sources.map(({ sourceId, source }) => ({ value: sourceId, label: source }));
  return (
    <>
      <PageHeader title="Sessions" summary={<Reach board={board} />} {...(canImport ? { action: <ImportLogs sources={choices} /> } : {})} />
      <div className={classes.board}>
        <Tiles board={board} />
        <SessionsTable list={list} params={params} sources={choices} known={totals.known} newestAt={totals.newestAt} />
        <Section title="24 hours by identity" aside={<Moment at={board.until} show="instant" />}>
          <SessionLanes {...lanes} />
        </Section>
        <Section title="Over time">
          <BoardCharts charts={charts} span={span} range={params.range} by={params.by} />
        </Section>
        <Section title="Token lifetimes">
          <div id="lifetimes">
            <Lifetimes lifetimes={board.lifetimes} lives={board.lives} />
          </div>
        </Section>
        <Section title="What each source tells">
          <SourceTellings sources={sources} />
        </Section>
      </div>
    </>
  );
}

function Reach({ board: { sources, totals } }: { board: Board }) {
  const telling = sources.filter(({ told }) => told !== "not told").length;
  return (
    <>
      {countText(telling)} of {countText(sources.length)} {sources.length === 1 ? "source tells" : "sources tell"} of sessions
      {totals.newestAt && (
        <>
          , the newest <Moment at={totals.newestAt} show="relative" />
        </>
      )}
    </>
  );
}

const UNTOLD = { detail: "no source tells its sessions", tone: "unknown" } as const;

function Tiles({ board: { totals, lifetimes, params, sources } }: { board: Board }) {
  const areTold = sources.some(({ told }) => told !== "not told");
  const endless = lifetimes.reduce((sum, row) => sum + row.endless, 0);
  const old = lifetimes.find(({ age }) => age === "over a year")?.endless ?? 0;
  const isTold = lifetimes.some(({ bounded, endless: never, unknown }) => bounded + never + unknown > 0);
  const until: Record<string, string> = params.until ? { until: params.until } : {};
  const link = (filter: Record<string, string>) => `/sessions?${new URLSearchParams({ ...filter, ...until })}`;
  return (
    <StatTiles>
      <StatTile
        href={link({ privileged: "yes" })}
        value={areTold ? totals.privileged : null}
        label={`privileged ${totals.privileged === 1 ? "session" : "sessions"} now`}
        {...(areTold ? privilegedDetail(totals) : UNTOLD)}
      />
      <StatTile
        href={link({})}
        value={areTold ? totals.open : null}
        label={`${totals.open === 1 ? "session" : "sessions"} open now`}
        {...(totals.privilegeUnknown > 0
          ? { detail: `privilege of ${countText(totals.privilegeUnknown)} unknown`, tone: "unknown" as const }
          : totals.open > 0
            ? { detail: "the privilege of each is known" }
            : {})}
      />
      <StatTile
        href={link({ show: "day", elevated: "yes" })}
        value={areTold ? totals.elevations : null}
        label={`${totals.elevations === 1 ? "elevation" : "elevations"} in 24 hours`}
        {...(totals.elevationsWithoutMfa > 0
          ? { detail: `${countText(totals.elevationsWithoutMfa)} not shown to be with MFA`, tone: "warning" as const }
          : {})}
      />
      <StatTile
        href="/sessions#lifetimes"
        value={isTold ? endless : null}
        label={endless === 1 ? "key or token without an end" : "keys and tokens without an end"}
        {...(old > 0 ? { detail: `${countText(old)} over a year old`, tone: "warning" as const } : {})}
      />
    </StatTiles>
  );
}
