"use client";

import { useEffect, useRef } from "react";

const NAME = "countersign-live";
/** The one tab that holds the stream says here what it heard; a channel is not heard by who speaks, so it also tells itself. */
type Heard = (kind: string) => void;

const heard = new Set<Heard>();
let channel: BroadcastChannel | null = null;

const tell = (kind: string) => {
  for (const listener of heard) listener(kind);
};

/**
 * A browser keeps one stream for all its tabs, since it holds only a few connections to a server: the tab that has the lock listens and passes
 * on. When it goes, the next one gets the lock, and everybody reads again for what was missed.
 */
function begin(): void {
  if (channel || typeof BroadcastChannel === "undefined" || !navigator.locks) return;
  channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }) => tell(String(data));
  const pass = (kind: string) => {
    channel?.postMessage(kind);
    tell(kind);
  };
  void navigator.locks.request(
    NAME,
    () =>
      new Promise<void>(() => {
        const stream = new EventSource("/api/live");
        stream.onmessage = ({ data }) => pass(String(data));
        let isFirst = true;
        stream.onopen = () => {
          // What happened while the stream was away is unknown.
          if (!isFirst) pass("all");
          isFirst = false;
        };
        window.addEventListener("pagehide", () => stream.close());
      }),
  );
}

/** Calls back when something of these kinds changed, at most once in `settleMs`; the last hint of a burst is never lost. */
export function useLive(kinds: readonly string[], onChange: () => void, settleMs = 700): void {
  const latest = useRef(onChange);
  latest.current = onChange;
  const wanted = kinds.join(" ");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const listener: Heard = (kind) => {
      if (kind !== "all" && !wanted.split(" ").includes(kind)) return;
      timer ??= setTimeout(() => {
        timer = null;
        latest.current();
      }, settleMs);
    };
    heard.add(listener);
    begin();
    // Something may have changed between the drawing of the page and this moment.
    listener("all");
    return () => {
      heard.delete(listener);
      if (timer) clearTimeout(timer);
    };
  }, [wanted, settleMs]);
}
