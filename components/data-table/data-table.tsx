"use client";

import type { VirtualItem } from "@tanstack/react-virtual";
import {
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { usePreferences } from "../ui/preferences.tsx";
import { rowHeight as heights } from "../ui/tokens.ts";
import { CardView } from "./card-view.tsx";
import type { DataColumn } from "./columns.ts";
import classes from "./data-table.module.css";
import { type Group, type GroupLine, linesOf, type RowLine } from "./lines.ts";
import { TableFooter, type WindowStatus } from "./table-footer.tsx";
import { type Drawn, TableView } from "./table-view.tsx";
import type { Sort } from "./url-state.ts";
import { useDrawnLines } from "./use-drawn-lines.ts";
import { type RowShortcut, useRovingRows } from "./use-roving-rows.ts";

export type DataTableHandle<Row> = { focusRow: (id: string) => void; focusNext: () => void; activeRow: () => Row | null };

type DataTableProps<Row extends object> = {
  /** What the rows are, for whoever does not see the page: "Items to decide, by identity". */
  caption: string;
  /** Keep them outside the component, or in useMemo. */
  columns: readonly DataColumn<Row>[];
  /** In the order to be shown; the table never sorts or filters. */
  rows: readonly Row[];
  /** Rows that have become others since, by id, in the place of those in `rows`: what changes one of many need not lay out all anew. */
  changed?: ReadonlyMap<string, Row>;
  getRowId: (row: Row) => string;
  /** Rows arrive ordered by group; each run gets a header that folds. */
  groupOf?: (row: Row) => Group;
  renderGroup?: (group: GroupLine<Row>) => ReactNode;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** Rows in all, where rows are only those read so far; null when nobody knows. */
  total?: number | null;
  /** Rows that come window by window: see useKeysetRows. */
  window?: WindowStatus;
  /** Filters, above the table. */
  toolbar?: ReactNode;
  /** Shown in place of rows: an <EmptyState>. */
  empty: ReactNode;
  /** How many lines of text a row has room for: 1 unless told. */
  rowLines?: 1 | 2;
  renderCard?: (row: Row) => ReactNode;
  rowShortcuts?: readonly RowShortcut<Row>[];
  /** What is heard of a row that the focus comes to; all that stands in it where this is left out. Keep it outside the component, or in useCallback. */
  rowLabel?: (row: Row) => string;
  /** A row's name in words, while it flies past; its first cell where this is left out. */
  rowName?: (row: Row) => string;
  rowClassName?: (row: Row) => string | undefined;
  /** Enter on a row. Give the row a link too: a pointer needs one. */
  onOpen?: (row: Row) => void;
  onActiveChange?: (row: Row | null) => void;
  /** New order or filter is on its way: rows stay, paled. */
  isPending?: boolean;
  ref?: Ref<DataTableHandle<Row>>;
};

const NO_SHORTCUTS = [] as const;
const READ_AHEAD = 20;
const TALL = 1.5;
const NARROW = "(max-width: 47.99em)";
const narrow = typeof window === "undefined" ? null : window.matchMedia(NARROW);
const whenNarrow = (changed: () => void) => {
  narrow?.addEventListener("change", changed);
  return () => narrow?.removeEventListener("change", changed);
};

/** null while the server or the first drawing does not know: then both are drawn and CSS shows one. */
export const useIsNarrow = (): boolean | null =>
  useSyncExternalStore<boolean | null>(
    whenNarrow,
    () => narrow?.matches ?? null,
    () => null,
  );

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rows, changed, columns, getRowId, groupOf, total = rows.length, window: status, rowShortcuts = NO_SHORTCUTS } = props;
  const { density } = usePreferences();
  const isNarrow = useIsNarrow();
  const rowHeight = heights[density] * (props.rowLines === 2 ? TALL : 1);
  const root = useRef<HTMLDivElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const lines = useMemo(() => linesOf(rows, getRowId, groupOf, folded), [rows, getRowId, groupOf, folded]);
  const fold = useCallback((groupId: string, isFolded: boolean) => {
    setFolded((before) => {
      const after = new Set(before);
      if (isFolded) after.add(groupId);
      else after.delete(groupId);
      return after;
    });
  }, []);

  const count = lines.length + (status?.hasMore && !status.isError ? 1 : 0);
  const drawn = useDrawnLines({ lines, count, root, isNarrow, rowHeight, headHeight: heights[density] });
  const rowIn = useCallback((line: RowLine<Row>) => changed?.get(line.id) ?? line.row, [changed]);
  const roving = useRovingRows<Row>({
    lines,
    root,
    pageSize: () => Math.max(1, Math.floor((root.current?.clientHeight ?? 0) / rowHeight) - 2),
    rowIn,
    scrollTo: drawn.scrollTo,
    rowShortcuts,
    hasGroups: groupOf !== undefined,
    fold,
    onOpen: props.onOpen,
    onActiveChange: props.onActiveChange,
  });
  drawn.keep.current = roving.activeLine;
  useImperativeHandle(props.ref, () => ({ focusRow: roving.focusRow, focusNext: () => roving.move(1), activeRow: roving.activeRow }), [
    roving.focusRow,
    roving.move,
    roving.activeRow,
  ]);

  const lastShown = drawn.items.filter((item) => item.index !== roving.activeLine).at(-1)?.index ?? 0;
  const { hasMore, isReading, isError, readMore } = status ?? {};
  useEffect(() => {
    if (hasMore && !isReading && !isError && lastShown >= lines.length - READ_AHEAD) readMore?.();
  }, [hasMore, isReading, isError, readMore, lastShown, lines.length]);

  const draw = (items: readonly VirtualItem[]): Drawn<Row>[] =>
    items.map((item) => {
      const line = lines[item.index];
      return { item, line, row: line?.kind === "row" ? rowIn(line) : undefined };
    });
  const tabStopId = (roving.activeLine >= 0 ? lines[roving.activeLine] : lines.find((line) => line.kind === "row"))?.id;
  const shared = {
    activeId: roving.activeId,
    tabStopId,
    caption: props.caption,
    lineCount: total === null ? null : lines.length + total - rows.length,
    renderGroup: props.renderGroup,
    onFold: fold,
  };
  if (rows.length === 0 && !status?.isReading) {
    return (
      <div className={classes.whole}>
        {props.toolbar}
        {props.empty}
      </div>
    );
  }
  return (
    <div className={classes.whole} data-pending={props.isPending || undefined} aria-busy={props.isPending}>
      {props.toolbar}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys reach the rows inside, which are in the tab order */}
      <div
        ref={root}
        className={classes.scroll}
        data-view={isNarrow === null ? "both" : isNarrow ? "cards" : "table"}
        onKeyDown={roving.onKeyDown}
        onFocus={roving.onFocus}
      >
        {isNarrow !== true && (
          <TableView
            {...shared}
            columns={columns}
            getRowId={getRowId}
            sort={props.sort ?? null}
            onSort={props.onSort}
            drawn={draw(drawn.table.getVirtualItems())}
            totalSize={drawn.table.getTotalSize()}
            isFlying={drawn.isFlying}
            isByKeys={rowShortcuts.length > 0}
            rowLabel={props.rowLabel}
            rowName={props.rowName}
            rowClassName={props.rowClassName}
          />
        )}
        {isNarrow !== false && (
          <CardView
            {...shared}
            columns={columns}
            drawn={draw(drawn.cards.getVirtualItems())}
            totalSize={drawn.cards.getTotalSize()}
            scrollMargin={drawn.scrollMargin}
            measure={drawn.cards.measureElement}
            renderCard={props.renderCard}
          />
        )}
      </div>
      <TableFooter read={rows.length} total={total} status={status} />
    </div>
  );
}
