"use client";

import { NativeSelect } from "@mantine/core";
import { useMemo, useRef, useState } from "react";
import type { DataColumn } from "#components/data-table/columns.ts";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { useUrlState } from "#components/data-table/url-state.ts";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { EmptyState } from "#components/ui/states.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { confirmMatchAction, refuseMatchAction, undoMatchAction } from "#lib/inventory/actions.ts";
import type { MatchingView } from "#lib/inventory/matching-view.ts";
import type { MatchingRow } from "#lib/inventory/proposals.sql.ts";
import { ChoosePerson } from "./choose-person.tsx";
import classes from "./ingest.module.css";
import { identityCell, MatchButtons, methodText, personCell } from "./matching-cells.tsx";

const rowId = (row: MatchingRow) => row.id;
const VIEWS = [
  { value: "proposed", label: "Waiting for somebody" },
  { value: "matched", label: "Matched" },
  { value: "nobody", label: "Nobody found" },
];

type MatchingTableProps = { view: MatchingView; q: string | null; first: RowsWindow<MatchingRow>; canMatch: boolean };

/** Whose an identity is: proposals with their reasons, to be confirmed or refused; matches, to be corrected or taken back. */
export function MatchingTable({ view, q, first, canMatch }: MatchingTableProps) {
  const { set, isPending } = useUrlState();
  const [choosing, setChoosing] = useState<MatchingRow | null>(null);
  const url = `/api/v1/sources/matching?${new URLSearchParams({ view, ...(q ? { q } : {}) })}`;
  const { rows, window } = useKeysetRows(url, first);
  const decided = useRef<MatchingRow | null>(null);
  const undoing = useAction(undoMatchAction, { onDone: () => toastDone("The match was taken back.") });
  const confirming = useAction(confirmMatchAction, {
    onDone: () => {
      const row = decided.current;
      if (!row) return;
      const undo = { identityId: row.identityId, reason: "Taken back right after it was confirmed." };
      toastDone(`${row.identity} is ${row.person}'s.`, () => undoing.run(undo));
    },
  });
  const refusing = useAction(refuseMatchAction, {
    onDone: () => toastDone(`${decided.current?.person} is not proposed for ${decided.current?.identity} again.`),
  });
  const isBusy = confirming.isRunning || refusing.isRunning || undoing.isRunning;
  const busy = useRef(isBusy);
  busy.current = isBusy;

  const acts = useMemo(() => {
    const decide = (row: MatchingRow, run: (input: { matchId: string }) => void) => {
      if (row.matchId === null || busy.current) return;
      decided.current = row;
      run({ matchId: row.matchId });
    };
    return {
      confirm: (row: MatchingRow) => decide(row, confirming.run),
      refuse: (row: MatchingRow) => decide(row, refusing.run),
      choose: (row: MatchingRow) => setChoosing(row),
    };
  }, [confirming.run, refusing.run]);
  const columns = useMemo<DataColumn<MatchingRow>[]>(
    () => [
      { id: "identity", header: "Identity", cell: identityCell },
      { id: "source", header: "Source", width: 160, hideBelow: 1120, cell: (row) => row.source },
      { id: "person", header: view === "proposed" ? "Could be" : "Person", cell: personCell },
      { id: "why", header: view === "matched" ? "How" : "Score and why", hideBelow: 800, cell: (row) => <Why row={row} view={view} /> },
      ...(canMatch
        ? [
            {
              id: "acts",
              header: "Decide",
              width: view === "proposed" ? 300 : view === "matched" ? 224 : 176,
              cell: (row: MatchingRow) => <MatchButtons row={row} view={view} isBusy={isBusy} {...acts} />,
            },
          ]
        : []),
    ],
    [view, canMatch, isBusy, acts],
  );
  const shortcuts = useMemo(
    () =>
      canMatch && view === "proposed"
        ? [
            { keys: "y", label: "Confirm the person", run: acts.confirm },
            { keys: "n", label: "Not this person", run: acts.refuse },
            { keys: "m", label: "Choose another person", run: acts.choose },
          ]
        : [],
    [canMatch, view, acts],
  );
  return (
    <>
      <DataTable
        caption="Identities and the people they belong to"
        columns={columns}
        rows={rows}
        window={window}
        total={first.nextCursor === null ? first.rows.length : null}
        getRowId={rowId}
        rowShortcuts={shortcuts}
        toolbar={
          <div className={classes.toolbar}>
            <NativeSelect
              aria-label="Which identities"
              value={view}
              data={VIEWS}
              onChange={(event) => set({ view: event.currentTarget.value === "proposed" ? null : event.currentTarget.value })}
            />
            <FilterBar text={{ label: "Identity or person" }} />
          </div>
        }
        isPending={isPending}
        renderCard={(row) => (
          <div className={classes.card}>
            <strong>{identityCell(row)}</strong>
            <span>{personCell(row)}</span>
            <span className={classes.dimmed}>
              <Why row={row} view={view} />
            </span>
            {canMatch && <MatchButtons row={row} view={view} isBusy={isBusy} {...acts} />}
          </div>
        )}
        empty={<EmptyState {...emptyWords(view, q)} />}
      />
      {choosing && <ChoosePerson row={choosing} onClose={() => setChoosing(null)} />}
    </>
  );
}

function Why({ row, view }: { row: MatchingRow; view: MatchingView }) {
  if (view === "matched") return <span title={row.why ?? undefined}>{methodText(row)}</span>;
  if (row.why === null) return <>nothing fits</>;
  return (
    <span title={row.why}>
      <strong className="numbers">{row.score}</strong> {row.why}
    </span>
  );
}

function emptyWords(view: MatchingView, q: string | null): { title: string; why: string } {
  if (q) return { title: "Nothing fits the filter", why: "No identity or person here has such a name." };
  if (view === "matched") return { title: "No match yet", why: "Nobody's identities are known: read a source of people first." };
  if (view === "nobody") return { title: "Everybody is found", why: "Each identity that could be somebody's has a person, or a proposal." };
  return { title: "Nothing waits", why: "No identity has a proposal that somebody would have to look at." };
}
