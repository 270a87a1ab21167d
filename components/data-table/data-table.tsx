"use client";

import { type SortingState, useTable } from "@tanstack/react-table";
import { defaultRangeExtractor, type Range, useVirtualizer, useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { usePreferences } from "../ui/preferences.tsx";
import { rowHeight as heights } from "../ui/tokens.ts";
import { CardView } from "./card-view.tsx";
import { columnDefs, type DataColumn, features } from "./columns.ts";
import classes from "./data-table.module.css";
import { type Group, type GroupLine, linesOf } from "./lines.ts";
import { TableFooter, type WindowStatus } from "./table-footer.tsx";
import { type Drawn, TableView } from "./table-view.tsx";
import type { Sort } from "./url-state.ts";
import { type RowShortcut, useRovingRows } from "./use-roving-rows.ts";

export type DataTableHandle<Row> = { focusRow: (id: string) => void; focusNext: () => void; activeRow: () => Row | null };

type DataTableProps<Row extends object> = {
  /** What the rows are, for whoever does not see the page: "Items to decide, by identity". */
  caption: string;
  /** Keep them outside the component, or in useMemo. */
  columns: readonly DataColumn<Row>[];
  /** In the order to be shown; the table never sorts or filters. */
  rows: readonly Row[];
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
  renderCard?: (row: Row) => ReactNode;
  rowShortcuts?: readonly RowShortcut<Row>[];
  rowClassName?: (row: Row) => string | undefined;
  /** Enter on a row. Give the row a link too: a pointer needs one. */
  onOpen?: (row: Row) => void;
  onActiveChange?: (row: Row | null) => void;
  /** New order or filter is on its way: rows stay, paled. */
  isPending?: boolean;
  ref?: Ref<DataTableHandle<Row>>;
};

const NO_SHORTCUTS = [] as const;
const OVERSCAN = 6;
const HEADER_HEIGHT = 36;
const CARD_ESTIMATE = 148;
const READ_AHEAD = 20;
const NARROW = "(max-width: 47.99em)";
/** Enough for the first drawing on the server; the browser measures. */
const FIRST_VIEW = { width: 1024, height: 720 };

/** null while the server or the first drawing does not know: then both are drawn and CSS shows one. */
function useIsNarrow(): boolean | null {
  return useSyncExternalStore<boolean | null>(
    (changed) => {
      const query = window.matchMedia(NARROW);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => window.matchMedia(NARROW).matches,
    () => null,
  );
}

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rows, columns, getRowId, groupOf, sort = null, onSort, total = rows.length, window: status, rowShortcuts = NO_SHORTCUTS } = props;
  const { density } = usePreferences();
  const isNarrow = useIsNarrow();
  const rowHeight = heights[density];
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

  const defs = useMemo(() => columnDefs(columns), [columns]);
  const sorting = useMemo<SortingState>(() => {
    const column = sort ? columns.find((candidate) => candidate.sortKey === sort.key) : undefined;
    return column && sort ? [{ id: column.id, desc: sort.direction === "desc" }] : [];
  }, [columns, sort]);
  const table = useTable({
    features,
    columns: defs,
    data: rows,
    getRowId,
    manualSorting: true,
    enableSortingRemoval: false,
    sortDescFirst: false,
    state: { sorting },
    onSortingChange: (update) => {
      const [next] = typeof update === "function" ? update(sorting) : update;
      const key = columns.find((column) => column.id === next?.id)?.sortKey;
      if (next && key) onSort?.({ key, direction: next.desc ? "desc" : "asc" });
    },
  });

  const count = lines.length + (status?.hasMore && !status.isError ? 1 : 0);
  const keep = useRef(-1);
  const keyOf = useCallback((index: number) => lines[index]?.id ?? "more", [lines]);
  const rangeExtractor = useCallback((range: Range) => {
    const shown = defaultRangeExtractor(range);
    const kept = keep.current;
    if (kept < 0 || kept >= range.count || shown.includes(kept)) return shown;
    return [...shown, kept].sort((a, b) => a - b);
  }, []);
  const tableRows = useVirtualizer({
    count,
    getScrollElement: () => root.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: OVERSCAN,
    rangeExtractor,
    scrollPaddingEnd: HEADER_HEIGHT,
    initialRect: FIRST_VIEW,
    enabled: isNarrow !== true,
  });
  const [scrollMargin, setScrollMargin] = useState(0);
  const cards = useWindowVirtualizer<HTMLLIElement>({
    count,
    estimateSize: () => CARD_ESTIMATE,
    getItemKey: keyOf,
    overscan: OVERSCAN,
    rangeExtractor,
    scrollMargin,
    gap: 8,
    initialRect: FIRST_VIEW,
    enabled: isNarrow !== false,
  });
  useLayoutEffect(() => {
    if (isNarrow && root.current) setScrollMargin(root.current.getBoundingClientRect().top + window.scrollY);
  }, [isNarrow]);
  // Sizes are cached by the virtualizer; another density is another size for all of them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: rowHeight is the trigger
  useLayoutEffect(() => tableRows.measure(), [tableRows, rowHeight]);

  const active = isNarrow ? cards : tableRows;
  const roving = useRovingRows<Row>({
    lines,
    root,
    pageSize: () => Math.max(1, Math.floor((root.current?.clientHeight ?? 0) / rowHeight) - 2),
    scrollTo: (line) => {
      keep.current = line;
      active.scrollToIndex(line, { align: "auto" });
    },
    rowShortcuts,
    hasGroups: groupOf !== undefined,
    fold,
    onOpen: props.onOpen,
    onActiveChange: props.onActiveChange,
  });
  keep.current = roving.activeLine;
  useImperativeHandle(props.ref, () => ({ focusRow: roving.focusRow, focusNext: () => roving.move(1), activeRow: roving.activeRow }), [
    roving.focusRow,
    roving.move,
    roving.activeRow,
  ]);

  const items = active.getVirtualItems();
  const lastShown = items.filter((item) => item.index !== roving.activeLine).at(-1)?.index ?? 0;
  const { hasMore, isReading, isError, readMore } = status ?? {};
  useEffect(() => {
    if (hasMore && !isReading && !isError && lastShown >= lines.length - READ_AHEAD) readMore?.();
  }, [hasMore, isReading, isError, readMore, lastShown, lines.length]);

  const draw = (from: typeof items): Drawn<Row>[] => from.map((item) => ({ item, line: lines[item.index] }));
  const tabStopId = (roving.activeLine >= 0 ? lines[roving.activeLine] : lines.find((line) => line.kind === "row"))?.id;
  const shared = {
    activeId: roving.activeId,
    tabStopId,
    caption: props.caption,
    rowCount: total,
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
            table={table}
            drawn={draw(tableRows.getVirtualItems())}
            totalSize={tableRows.getTotalSize()}
            rowHeight={rowHeight}
            rowClassName={props.rowClassName}
          />
        )}
        {isNarrow !== false && (
          <CardView
            {...shared}
            columns={columns}
            drawn={draw(cards.getVirtualItems())}
            totalSize={cards.getTotalSize()}
            scrollMargin={scrollMargin}
            measure={cards.measureElement}
            renderCard={props.renderCard}
          />
        )}
      </div>
      <TableFooter read={rows.length} total={total} status={status} />
    </div>
  );
}
