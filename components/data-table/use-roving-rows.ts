"use client";

import { type FocusEvent, type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Shortcut, useShortcuts } from "../ui/shortcuts.tsx";
import { type Line, nextStop, type RowLine, type Stops } from "./lines.ts";

/** A key that acts on the row that has the focus, named in the help. */
export type RowShortcut<Row> = { keys: string; label: string; run: (row: Row) => void };

type RovingOptions<Row> = {
  lines: readonly Line<Row>[];
  /** What a line shows by now. */
  rowIn: (line: RowLine<Row>) => Row;
  root: RefObject<HTMLElement | null>;
  pageSize: () => number;
  scrollTo: (line: number) => void;
  rowShortcuts: readonly RowShortcut<Row>[];
  hasGroups: boolean;
  fold: (groupId: string, isFolded: boolean) => void;
  onOpen: ((row: Row) => void) | undefined;
  onActiveChange: ((row: Row | null) => void) | undefined;
};

const NOTHING: readonly Shortcut[] = [];

/** One row is in the tab order, the keys move it, and it keeps the focus when rows around it come and go. */
export function useRovingRows<Row>(options: RovingOptions<Row>) {
  const latest = useRef(options);
  latest.current = options;
  const { lines, root } = options;
  const [activeId, setActiveId] = useState<string | null>(null);
  const position = useRef(0);
  /** Which line is to have the focus once it is drawn. A drawing in between still shows the line before. */
  const wantsFocus = useRef<string | null>(null);

  // Where the keys went is known; only where rows came and went around it has it to be looked for.
  const found = useMemo(() => {
    if (activeId === null) return -1;
    return lines[position.current]?.id === activeId ? position.current : lines.findIndex((line) => line.id === activeId);
  }, [lines, activeId]);
  if (found >= 0) position.current = found;

  const activate = useCallback((line: number, focus: boolean) => {
    const target = latest.current.lines[line];
    if (!target) return;
    position.current = line;
    wantsFocus.current = focus ? target.id : null;
    setActiveId(target.id);
    latest.current.scrollTo(line);
    latest.current.onActiveChange?.(target.kind === "row" ? latest.current.rowIn(target) : null);
  }, []);

  // Focus follows once the row is drawn, which for a far one is after scrolling there.
  useEffect(() => {
    if (activeId === null || wantsFocus.current !== activeId) return;
    const element = root.current?.querySelector<HTMLElement>(`[data-line-id="${CSS.escape(activeId)}"]`);
    if (!element) return;
    wantsFocus.current = null;
    element.focus({ preventScroll: true });
  });

  // The active row left the list (decided, filtered away): its neighbour takes over, with the focus if it had it.
  useEffect(() => {
    if (activeId === null || found >= 0) return;
    const hadFocus = document.activeElement === document.body || root.current?.contains(document.activeElement) === true;
    const neighbour = nextStop(lines, Math.min(position.current, lines.length) - 1, 1) ?? nextStop(lines, lines.length, -1);
    if (neighbour === null) {
      setActiveId(null);
      latest.current.onActiveChange?.(null);
    } else activate(neighbour, hadFocus);
  }, [activeId, found, lines, root, activate]);

  const move = useCallback(
    (step: 1 | -1, times = 1, stops: Stops = "rows") => {
      const { lines: now } = latest.current;
      let at = activeIdRef.current !== null ? position.current : step === 1 ? -1 : now.length;
      for (let done = 0; done < times; done += 1) at = nextStop(now, at, step, stops) ?? at;
      activate(at, true);
    },
    [activate],
  );
  const activeIdRef = useRef(activeId);
  activeIdRef.current = activeId;

  const activeRow = useCallback((): Row | null => {
    const line = latest.current.lines[position.current];
    return activeIdRef.current !== null && line?.kind === "row" ? latest.current.rowIn(line) : null;
  }, []);

  // Folding goes to the header, which then stands for its rows; unfolding stays there.
  const foldActive = useCallback(
    (isFolded: boolean) => {
      const { lines: now, fold } = latest.current;
      if (activeIdRef.current === null) return;
      for (let at = Math.min(position.current, now.length - 1); at >= 0; at -= 1) {
        const line = now[at];
        if (line?.kind !== "group") continue;
        fold(line.group.id, isFolded);
        return activate(at, true);
      }
    },
    [activate],
  );

  const { rowShortcuts, hasGroups } = options;
  const shortcuts = useMemo<readonly Shortcut[]>(() => {
    const own: Shortcut[] = [
      { keys: "j", label: "Next row", run: () => move(1) },
      { keys: "k", label: "Previous row", run: () => move(-1) },
    ];
    if (hasGroups) {
      own.push(
        { keys: "h", label: "Fold the group", run: () => foldActive(true) },
        { keys: "l", label: "Unfold the group", run: () => foldActive(false) },
      );
    }
    for (const { keys, label } of rowShortcuts) {
      const run = () => {
        const row = activeRow();
        if (row !== null) latest.current.rowShortcuts.find((shortcut) => shortcut.keys === keys)?.run(row);
      };
      own.push({ keys, label, run });
    }
    return own;
  }, [move, foldActive, activeRow, hasGroups, rowShortcuts]);
  useShortcuts("This list", lines.length > 0 ? shortcuts : NOTHING);

  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      const target = event.target as HTMLElement;
      if (!target.hasAttribute("data-line-id")) return;
      const { pageSize, onOpen, lines: now } = latest.current;
      switch (event.key) {
        case "ArrowDown":
          move(1, 1, "lines");
          break;
        case "ArrowUp":
          move(-1, 1, "lines");
          break;
        case "PageDown":
          move(1, pageSize());
          break;
        case "PageUp":
          move(-1, pageSize());
          break;
        case "Home":
          activate(0, true);
          break;
        case "End":
          activate(nextStop(now, now.length, -1, "lines") ?? -1, true);
          break;
        case "ArrowLeft":
        case "ArrowRight":
          if (now[position.current]?.kind !== "group") return;
          foldActive(event.key === "ArrowLeft");
          break;
        case "Enter": {
          const line = now[position.current];
          if (line?.kind === "group") foldActive(!line.isFolded);
          else if (line && onOpen) onOpen(latest.current.rowIn(line));
          else return;
          break;
        }
        default:
          return;
      }
      event.preventDefault();
    },
    [move, activate, foldActive],
  );

  const onFocus = useCallback((event: FocusEvent) => {
    const id = (event.target as HTMLElement).closest<HTMLElement>("[data-line-id]")?.dataset.lineId;
    if (id === undefined || id === activeIdRef.current) return;
    const line = latest.current.lines.find((candidate) => candidate.id === id);
    if (!line) return;
    setActiveId(id);
    latest.current.onActiveChange?.(line.kind === "row" ? latest.current.rowIn(line) : null);
  }, []);

  const focusRow = useCallback(
    (id: string) =>
      activate(
        latest.current.lines.findIndex((line) => line.id === id),
        true,
      ),
    [activate],
  );

  return { activeId, activeLine: found, move, activeRow, focusRow, onKeyDown, onFocus };
}
