"use client";

import { SegmentedControl } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { useUrlState } from "#components/data-table/url-state.ts";
import { LinkButton } from "#components/ui/link-button.tsx";
import { useLive } from "#components/ui/live.ts";
import { countText } from "#components/ui/moment-text.ts";
import { EmptyState, NothingFiltered } from "#components/ui/states.tsx";
import type { BoardLine } from "#lib/sessions/types.ts";
import { sessionColumns } from "./session-columns.tsx";
import { MFA_WORDS, PRIVILEGE_WORDS } from "./session-words.ts";
import classes from "./sessions.module.css";

type SessionsTableProps = {
  rows: BoardLine[];
  total: number;
  sources: { value: string; label: string }[];
  show: "now" | "day" | "all";
  isFiltered: boolean;
  /** Sessions that are known at all, whatever is shown. */
  known: number;
  newestAt: string | null;
};

const rowId = (row: BoardLine) => row.id;
const options = (words: Readonly<Record<string, string>>) => Object.entries(words).map(([value, label]) => ({ value, label }));
const CAPTIONS = {
  now: "Sessions that are open now, the newest first",
  day: "Sessions of 24 hours, the newest first",
  all: "All sessions that are known, the newest first",
};

/** The live table: what is new slides in once; while a pointer rests on it, it waits. */
export function SessionsTable({ rows, total, sources, show, isFiltered, known, newestAt }: SessionsTableProps) {
  const router = useRouter();
  const isNew = useNewRows(rows);
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
        rowClassName={(row) => (isNew(row.id) ? classes.fresh : undefined)}
        toolbar={
          <>
            <ShowChoice show={show} />
            <FilterBar text={{ label: "Who, address or client" }} filters={filters} />
          </>
        }
        empty={<Nothing show={show} isFiltered={isFiltered} known={known} newestAt={newestAt} />}
        onOpen={(row) => router.push(`/sessions/${row.id}`)}
      />
      <p className={classes.waits} role="status">
        {waits ? "Something changed; the table waits for your pointer." : ""}
      </p>
    </div>
  );
}

const CHOICES = [
  { value: "now", label: "Open now" },
  { value: "day", label: "24 hours" },
  { value: "all", label: "All known" },
];

function ShowChoice({ show }: Pick<SessionsTableProps, "show">) {
  const { set } = useUrlState();
  return (
    <div className={classes.choices}>
      <SegmentedControl
        size="xs"
        aria-label="Which sessions"
        data={CHOICES}
        value={show}
        onChange={(value) => set({ show: value === "now" ? null : value })}
      />
    </div>
  );
}

function Nothing({ show, isFiltered, known, newestAt }: Pick<SessionsTableProps, "show" | "isFiltered" | "known" | "newestAt">) {
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

/** Rows that were not there at the last drawing; none at the first. */
function useNewRows(rows: readonly BoardLine[]): (id: string) => boolean {
  const seen = useRef<ReadonlySet<string> | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const before = seen.current;
    seen.current = new Set(rows.map(rowId));
    setFresh(new Set(before ? rows.filter(({ id }) => !before.has(id)).map(rowId) : []));
  }, [rows]);
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
