"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { hashFile, sendFile, type UploadFacts } from "./file-api.ts";

export type ChosenFile = {
  key: string;
  file: File;
  state: "reading" | "ready" | "sending" | "stored" | "failed";
  /** Of the present step, 0 to 1. */
  share: number;
  sha256: string | null;
  message: string | null;
};

export type ChosenFiles = {
  files: readonly ChosenFile[];
  add: (files: readonly File[]) => void;
  remove: (key: string) => void;
  /** Sends what is not stored yet, one after the other, up to the first that fails, which then says why; false where one did. */
  sendAll: (sourceId: string, factsOf: (file: ChosenFile) => UploadFacts) => Promise<boolean>;
};

/** Files chosen in this browser: each is read once for its digest, and sent only by sendAll. Leaving the page stops everything. */
export function useChosenFiles(): ChosenFiles {
  const [files, setFiles] = useState<readonly ChosenFile[]>([]);
  const latest = useRef(files);
  latest.current = files;
  const stops = useRef(new Map<string, AbortController>());
  const hashes = useRef(new Map<string, Promise<string>>());
  const reading = useRef<Promise<unknown>>(Promise.resolve());
  const made = useRef(0);

  const change = useCallback((key: string, changes: Partial<ChosenFile>) => {
    setFiles((before) => before.map((file) => (file.key === key ? { ...file, ...changes } : file)));
  }, []);

  const read = useCallback(
    async (key: string, file: File, signal: AbortSignal) => {
      await reading.current.catch(() => undefined);
      const sha256 = await hashFile(file, (share) => change(key, { share }), signal);
      change(key, { state: "ready", sha256, share: 0 });
      return sha256;
    },
    [change],
  );

  const add = useCallback(
    (added: readonly File[]) => {
      for (const file of added) {
        made.current += 1;
        const key = `file-${made.current}`;
        const stop = new AbortController();
        stops.current.set(key, stop);
        setFiles((before) => [...before, { key, file, state: "reading", share: 0, sha256: null, message: null }]);
        const hashing = read(key, file, stop.signal);
        reading.current = hashing;
        hashes.current.set(key, hashing);
        hashing.catch((error: unknown) => {
          if (!stop.signal.aborted) change(key, { state: "failed", message: unreadable(error) });
        });
      }
    },
    [read, change],
  );

  const remove = useCallback((key: string) => {
    stops.current.get(key)?.abort();
    stops.current.delete(key);
    setFiles((before) => before.filter((file) => file.key !== key));
  }, []);

  const sendAll = useCallback(
    async (sourceId: string, factsOf: (file: ChosenFile) => UploadFacts) => {
      for (const chosen of latest.current) {
        const { key, file } = chosen;
        const stop = stops.current.get(key);
        if (chosen.state === "stored" || !stop) continue;
        try {
          const sha256 = await hashes.current.get(key);
          if (sha256 === undefined) continue;
          change(key, { state: "sending", share: 0, message: null });
          await sendFile({ sourceId, file, sha256, facts: factsOf(chosen) }, (share) => change(key, { share }), stop.signal);
          change(key, { state: "stored", share: 1 });
        } catch (error) {
          if (!stop.signal.aborted) change(key, { state: "failed", message: error instanceof Error ? error.message : String(error) });
          return false;
        }
      }
      return true;
    },
    [change],
  );

  useEffect(() => {
    const all = stops.current;
    return () => {
      for (const stop of all.values()) stop.abort();
    };
  }, []);

  return { files, add, remove, sendAll };
}

const unreadable = (error: unknown): string =>
  `The browser could not read the file${error instanceof Error ? ` (${error.message})` : ""}. Choose it again.`;
