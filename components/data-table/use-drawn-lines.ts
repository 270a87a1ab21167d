"use client";

import { defaultRangeExtractor, type Range, useVirtualizer, useWindowVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Line } from "./lines.ts";

const OVERSCAN = 3;
const HEADER_HEIGHT = 36;
const CARD_ESTIMATE = 148;
/** Enough for the first drawing on the server; the browser measures. */
const FIRST_VIEW = { width: 1024, height: 720 };

type DrawnLinesOptions<Row> = {
  lines: readonly Line<Row>[];
  /** With the line that stands for what is still to be read. */
  count: number;
  root: RefObject<HTMLElement | null>;
  isNarrow: boolean | null;
  rowHeight: number;
  /** Of the lines that are heads of groups. */
  headHeight: number;
};

/** Those of the lines that are drawn: what is in view, a little around it, and always the one at `keep`, which has the focus. */
export function useDrawnLines<Row>({ lines, count, root, isNarrow, rowHeight, headHeight }: DrawnLinesOptions<Row>) {
  const keep = useRef(-1);
  const getItemKey = useCallback((index: number) => lines[index]?.id ?? "more", [lines]);
  const rangeExtractor = useCallback((range: Range) => {
    const shown = defaultRangeExtractor(range);
    const kept = keep.current;
    if (kept < 0 || kept >= range.count || shown.includes(kept)) return shown;
    return [...shown, kept].sort((a, b) => a - b);
  }, []);
  const flew = useRef(false);
  const shared = { count, getItemKey, overscan: flew.current ? 0 : OVERSCAN, rangeExtractor, initialRect: FIRST_VIEW };
  const table = useVirtualizer({
    ...shared,
    getScrollElement: () => root.current,
    estimateSize: useCallback((index: number) => (lines[index]?.kind === "group" ? headHeight : rowHeight), [lines, headHeight, rowHeight]),
    enabled: isNarrow !== true,
  });
  const [scrollMargin, setScrollMargin] = useState(0);
  const cards = useWindowVirtualizer<HTMLLIElement>({
    ...shared,
    estimateSize: () => CARD_ESTIMATE,
    scrollMargin,
    gap: 8,
    enabled: isNarrow !== false,
  });
  useLayoutEffect(() => {
    if (isNarrow && root.current) setScrollMargin(root.current.getBoundingClientRect().top + window.scrollY);
  }, [isNarrow, root]);
  // Sizes are cached by the virtualizer; another density is another size for all of them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: rowHeight is the trigger
  useLayoutEffect(() => table.measure(), [table, rowHeight]);

  const isFlying = useIsFlying(table.isScrolling, table.range);
  flew.current = isFlying;
  const active = isNarrow ? cards : table;
  const scrollTo = (line: number) => {
    keep.current = line;
    if (isNarrow) cards.scrollToIndex(line, { align: "auto" });
    else if (root.current && table.scrollRect)
      bringIntoView(root.current, table.scrollRect.height, table.measurementsCache[line]?.start ?? line * rowHeight, rowHeight);
  };
  return { table, cards, scrollMargin, isFlying, items: active.getVirtualItems() as VirtualItem[], keep, scrollTo };
}

/** Lines of a table have heights that are known, so where one is needs no measuring: that would lay out first what has only just changed. */
function bringIntoView(root: HTMLElement, height: number, start: number, rowHeight: number): void {
  const top = root.scrollTop;
  const end = start + HEADER_HEIGHT + rowHeight;
  if (start < top) root.scrollTop = start;
  else if (end > top + height) root.scrollTop = end - height;
}

type Shown = { startIndex: number; endIndex: number };

/**
 * Whether a whole view went by since the last drawing: faster than anybody reads, or than this machine draws. Then lines may be drawn by their
 * names alone; whatever is slow about drawing them whole only makes that so sooner.
 */
function useIsFlying(isScrolling: boolean, range: Shown | null): boolean {
  const before = useRef<Shown | null>(null);
  const last = before.current;
  const isFlying = isScrolling && range !== null && last !== null && (range.startIndex > last.endIndex || range.endIndex < last.startIndex);
  useLayoutEffect(() => {
    before.current = range;
  });
  return isFlying;
}
