"use client";

import { Button, SegmentedControl } from "@mantine/core";
import { useRouter, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { useUrlState } from "#components/data-table/url-state.ts";
import { LinkButton } from "#components/ui/link-button.tsx";
import { useLive } from "#components/ui/live.ts";
import { countText } from "#components/ui/moment-text.ts";
import { EmptyState, NothingFiltered } from "#components/ui/states.tsx";
import type { BoardLine, SessionList } from "#lib/sessions/types.ts";
import { sessionColumns } from "./session-columns.tsx";
import { MFA_WORDS, PRIVILEGE_WORDS } from "./session-words.ts";
import classes from "./sessions.module.css";
import { type TableParams, useSessionRows } from "./use-session-rows.ts";

type SessionsTableProps = {
  list: SessionList;
  /** Those that the rows came under. */
  params: TableParams;
  sources: { value: string; label: string }[];
  /** Sessions that are known at all, whatever is shown. */
  known: number;
  newestAt: string | null;
};

const rowId = (row: BoardLine) => row.id;
const FILTERS = ["q", "privileged", "mfa", "elevated", "told", "sourceId"];
const options = (words: Readonly<Record<string, string>>) => Object.entries(words).map(([value, label]) => ({ value, label }));
const CAPTIONS = {
  now: "Sessions that are open now, the newest first",
  day: "Sessions of 24 hours, the newest first",
  all: "All sessions that are known, the newest first",
};

/** The live table: what is new slides in once; while a pointer rests on it, it waits. */
export function SessionsTable({ list, params, sources, known, newestAt }: SessionsTableProps) {
  const router = useRouter();
  const search = useSearchParams();
  const show = showOf(search);
  const { list: shown, query, isPending, isFailed, readAgain } = useSessionRows(list, params);
  const { rows, total } = shown;
  const isNew = useNewRows(rows, query);
  const { waits, hold, release } = useRefreshUnlessHeld(() => router.refresh());
  const filters = useMemo(
    () => [
      { param: "privileged", label: "Privilege", options: options(PRIVILEGE_WORDS) },
      { param: "mfa", label: "MFA", options: options(MFA_WORDS) },
      { param: "elevated", label: "Elevated", options: [{ value: "yes", label: "elevated only" }] },
      {
        param: "told",
        label: "Told by",
        options: [
          { value: "read", label: "the source, live" },
          { value: "derived", label: "its log" },
        ],
      },
      { param: "sourceId", label: "Source", options: sources },
    ],
    [sources],
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a pointer that rests here only delays what is new
    <div onMouseEnter={hold} onMouseLeave={release}>
      <DataTable
        caption={CAPTIONS[show]}
        columns={sessionColumns}
        rows={rows}
        getRowId={rowId}
        total={total}
        isPending={isPending}
        rowClassName={(row) => (isNew(row.id) ? classes.fresh : undefined)}
        toolbar={
          <>
            <ShowChoice />
            <FilterBar text={{ label: "Who, address or client" }} filters={filters} rowsReader="list" />
          </>
        }
        empty={<Nothing show={show} isFiltered={FILTERS.some((param) => search.has(param))} known={known} newestAt={newestAt} />}
        onOpen={(row) => router.push(`/sessions/${row.id}`)}
      />
      <p className={classes.waits} role="status">
        {isFailed ? (
          <>
            These sessions could not be read; those before are shown.{" "}
            <Button size="compact-xs" variant="default" onClick={readAgain}>
              Read again
            </Button>
          </>
        ) : waits ? (
          "Something changed; the table waits for your pointer."
        ) : (
          ""
        )}
      </p>
    </div>
  );
}

const CHOICES = [
  { value: "now", label: "Open now" },
  { value: "day", label: "24 hours" },
  { value: "all", label: "All known" },
];

type Show = keyof typeof CAPTIONS;
const showOf = (search: Pick<URLSearchParams, "get">): Show => {
  const told = search.get("show");
  return told === "day" || told === "all" ? told : "now";
};

function ShowChoice() {
  const { params, set } = useUrlState("list");
  return (
    <div className={classes.choices}>
      <SegmentedControl
        size="xs"
        aria-label="Which sessions"
        data={CHOICES}
        value={showOf(params)}
        onChange={(value) => set({ show: value === "now" ? null : value })}
      />
    </div>
  );
}

type NothingProps = Pick<SessionsTableProps, "known" | "newestAt"> & { show: Show; isFiltered: boolean };

function Nothing({ show, isFiltered, known, newestAt }: NothingProps) {
  if (isFiltered || (known > 0 && show === "day"))
    return <NothingFiltered why="Other sessions may fit." href="/sessions?show=all" showAll="Show all sessions" />;
  if (known === 0)
    return (
      <EmptyState
        title="No session is known yet"
        why="Sessions come with the sync of a source that shows them live, or out of the log files of one that does not."
        action={
          <LinkButton href="/sources" variant="default">
            Look at the sources
          </LinkButton>
        }
      />
    );
  return (
    <EmptyState
      title="Nobody is signed in at this moment, as far as the sources tell"
      why={`${countText(known)} ${known === 1 ? "session is" : "sessions are"} known from before.`}
      action={
        <LinkButton href={`/sessions?show=all${newestAt ? `&until=${encodeURIComponent(newestAt)}` : ""}`} variant="default">
          Show them
        </LinkButton>
      }
    />
  );
}

const NO_ROWS: ReadonlySet<string> = new Set();

/** Rows that were not there at the last drawing under the same filters; none at the first. */
function useNewRows(rows: readonly BoardLine[], query: string): (id: string) => boolean {
  const seen = useRef<{ query: string; ids: ReadonlySet<string> } | null>(null);
  const [fresh, setFresh] = useState(NO_ROWS);
  useEffect(() => {
    const before = seen.current;
    seen.current = { query, ids: new Set(rows.map(rowId)) };
    const added = before?.query === query ? rows.filter(({ id }) => !before.ids.has(id)).map(rowId) : [];
    setFresh(added.length > 0 ? new Set(added) : NO_ROWS);
  }, [rows, query]);
  return (id) => fresh.has(id);
}

/** Reads again at each hint, or, while held, once afterwards. */
function useRefreshUnlessHeld(refresh: () => void) {
  const isHeld = useRef(false);
  const [waits, setWaits] = useState(false);
  useLive(["sessions", "inventory"], () => (isHeld.current ? setWaits(true) : refresh()));
  const hold = useCallback(() => {
    isHeld.current = true;
  }, []);
  const release = () => {
    isHeld.current = false;
    if (!waits) return;
    setWaits(false);
    refresh();
  };
  return { waits, hold, release };
}
