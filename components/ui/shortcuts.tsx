"use client";

import dynamic from "next/dynamic";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useId, useMemo, useRef, useState } from "react";
import { usePreferences } from "./preferences.tsx";

export type Shortcut = {
  /** One key as the browser names it ("j", "?", "ArrowRight"), two in sequence ("g o"), or "mod+k". */
  keys: string;
  label: string;
  /** Left out where something else handles the key and only the help should name it. */
  run?: () => void;
};

type ShortcutGroup = { id: string; title: string; shortcuts: readonly Shortcut[] };

type Registry = { register: (group: ShortcutGroup) => () => void; openHelp: () => void };

const ShortcutsContext = createContext<Registry>({ register: () => () => undefined, openHelp: () => undefined });

const ShortcutsHelp = dynamic(() => import("./shortcuts-help.tsx").then((module) => module.ShortcutsHelp), { ssr: false });

const SEQUENCE_MS = 1_200;

/** Typing, and whatever a dialog or an open menu does with keys, comes before our shortcuts. */
export function isBusyElsewhere(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return true;
  const target = event.target;
  if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) return true;
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"], [role="listbox"]') !== null;
}

/** Two parts of a page may add to one heading of the help. */
function byTitle(groups: Iterable<ShortcutGroup>): ShortcutGroup[] {
  const merged = new Map<string, ShortcutGroup>();
  for (const group of groups) {
    const before = merged.get(group.title);
    merged.set(group.title, before ? { ...before, shortcuts: [...before.shortcuts, ...group.shortcuts] } : group);
  }
  return [...merged.values()];
}

function nameOf(event: KeyboardEvent): string {
  if (event.metaKey || event.ctrlKey) return `mod+${event.key.toLowerCase()}`;
  return event.key;
}

/** Keeps the shortcuts of what is on screen, runs them, and shows them all on "?". */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const { shortcuts: singleKeysOn } = usePreferences();
  const groups = useRef(new Map<string, ShortcutGroup>());
  const [help, setHelp] = useState<readonly ShortcutGroup[] | null>(null);

  const register = useCallback((group: ShortcutGroup) => {
    groups.current.set(group.id, group);
    return () => {
      if (groups.current.get(group.id) === group) groups.current.delete(group.id);
    };
  }, []);
  const openHelp = useCallback(() => setHelp(byTitle(groups.current.values())), []);

  useEffect(() => {
    let first: { key: string; at: number } | null = null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.altKey || isBusyElsewhere(event)) return;
      const name = nameOf(event);
      if (!name.startsWith("mod+") && !singleKeysOn) return;
      const sequence = first && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${name}` : null;
      const all = [...groups.current.values()].reverse().flatMap((group) => group.shortcuts);
      const found = all.find((shortcut) => shortcut.keys === sequence) ?? all.find((shortcut) => shortcut.keys === name);
      first = all.some((shortcut) => shortcut.keys.startsWith(`${name} `)) ? { key: name, at: event.timeStamp } : null;
      const run = found?.run ?? (name === "?" ? openHelp : undefined);
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [openHelp, singleKeysOn]);

  const registry = useMemo(() => ({ register, openHelp }), [register, openHelp]);
  return (
    <ShortcutsContext value={registry}>
      {children}
      {help && <ShortcutsHelp groups={help} onClose={() => setHelp(null)} />}
    </ShortcutsContext>
  );
}

/** Puts shortcuts in force while the calling component is on screen, and names them in the help. Later callers win. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const { register } = useContext(ShortcutsContext);
  const id = useId();
  useEffect(() => register({ id, title, shortcuts }), [register, id, title, shortcuts]);
}

export const useShortcutsHelp = (): (() => void) => useContext(ShortcutsContext).openHelp;
