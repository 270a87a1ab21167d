"use client";

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { Density } from "./tokens.ts";

/** What a person chose or their browser told, kept in cookies so that the server already draws the page that way. */
export type Preferences = {
  /** IANA name; UTC until the browser has told. */
  zone: string;
  density: Density;
  /** Single-key shortcuts get in the way of speech input, so they can be switched off. */
  shortcuts: boolean;
  /** Which first minutes of the demo were put away. */
  minutesDone: readonly string[];
  /** The instant the server drew the page; it moves on once the page is alive. */
  now: string;
};

type PreferencesValue = Preferences & {
  setDensity: (density: Density) => void;
  setShortcuts: (on: boolean) => void;
  endMinute: (name: string) => void;
};

const PreferencesContext = createContext<PreferencesValue>({
  zone: "UTC",
  density: "comfortable",
  shortcuts: true,
  minutesDone: [],
  now: new Date(0).toISOString(),
  setDensity: () => undefined,
  setShortcuts: () => undefined,
  endMinute: () => undefined,
});

const YEAR_SECONDS = 365 * 24 * 3600;
const TICK_MS = 30_000;

function remember(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser we serve
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

export function PreferencesProvider({ initial, children }: { initial: Preferences; children: ReactNode }) {
  const [zone, setZone] = useState(initial.zone);
  const [density, setDensityState] = useState(initial.density);
  const [shortcuts, setShortcutsState] = useState(initial.shortcuts);
  const [minutesDone, setMinutesDone] = useState(initial.minutesDone);
  const [now, setNow] = useState(initial.now);

  useEffect(() => {
    const told = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (told && told !== initial.zone) {
      setZone(told);
      remember("zone", told);
    }
    const timer = setInterval(() => setNow(new Date().toISOString()), TICK_MS);
    return () => clearInterval(timer);
  }, [initial.zone]);

  const setDensity = useCallback((next: Density) => {
    setDensityState(next);
    remember("density", next);
  }, []);

  const setShortcuts = useCallback((on: boolean) => {
    setShortcutsState(on);
    remember("shortcuts", on ? "on" : "off");
  }, []);

  const endMinute = useCallback(
    (name: string) => {
      const done = [...new Set([...minutesDone, name])];
      setMinutesDone(done);
      remember("minutes", done.join(" "));
    },
    [minutesDone],
  );

  const value = useMemo(
    () => ({ zone, density, shortcuts, minutesDone, now, setDensity, setShortcuts, endMinute }),
    [zone, density, shortcuts, minutesDone, now, setDensity, setShortcuts, endMinute],
  );
  return <PreferencesContext value={value}>{children}</PreferencesContext>;
}

export const usePreferences = (): PreferencesValue => useContext(PreferencesContext);
