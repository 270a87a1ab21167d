"use client";

import { useSearchParams } from "next/navigation";
import { startTransition, useCallback, useEffect, useRef, useState } from "react";
import type { SessionList } from "#lib/sessions/types.ts";

/** What of the address the table shows; the rest of the board is the same whatever these are. */
const PARAMS = ["show", "q", "privileged", "mfa", "elevated", "told", "sourceId", "until"] as const;
type Param = (typeof PARAMS)[number];
export type TableParams = Readonly<Record<Param, string>>;

type Told = { query: string; list: SessionList };

/** As the route takes it: what holds anyway is left out, so that one choice has one name. */
const queryOf = (chosen: (param: Param) => string | null): string =>
  new URLSearchParams(
    PARAMS.flatMap((param) => {
      const value = chosen(param);
      return !value || (param === "show" && value === "now") ? [] : [[param, value]];
    }),
  ).toString();

/** Rows under the filters of the address: those that came with the page, or read alone. Until they are there the ones before stay. */
export function useSessionRows(list: SessionList, params: TableParams) {
  const search = useSearchParams();
  const query = queryOf((param) => search.get(param));
  const came: Told = { query: queryOf((param) => params[param]), list };
  const [read, setRead] = useState<Told | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const told = [came, read].find((each) => each?.query === query) ?? null;
  const shown = useRef<Told>(came);
  if (told) shown.current = told;
  const isTold = told !== null;
  useEffect(() => {
    if (isTold || failed === query) return;
    const reading = new AbortController();
    readSessions(query, reading.signal).then(
      (found) => startTransition(() => setRead({ query, list: found })),
      () => !reading.signal.aborted && setFailed(query),
    );
    return () => reading.abort();
  }, [query, isTold, failed]);
  // What was read once is not kept for later: the page has newer rows by then.
  useEffect(() => {
    if (read && read.query !== query) setRead(null);
  }, [read, query]);
  const readAgain = useCallback(() => setFailed(null), []);
  return { ...shown.current, isPending: !isTold && failed !== query, isFailed: failed === query, readAgain };
}

async function readSessions(query: string, signal: AbortSignal): Promise<SessionList> {
  const response = await fetch(`/api/v1/sessions?${query}`, { signal, headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`Sessions answered ${response.status}`);
  return (await response.json()) as SessionList;
}
