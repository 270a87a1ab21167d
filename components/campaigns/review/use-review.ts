"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { toastFailed } from "#components/ui/toasts.tsx";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { loadedOf } from "./loaded-items.ts";
import { loadItem, loadItems, Refused, sendAnswer } from "./review-api.ts";
import { acknowledged, keptOutbox, type PendingAnswer, type ReviewState, refused, rowOf, withAnswer, withRows } from "./review-state.ts";

const RETRY_MS = 3_000;
const AT_ONCE = 4;
const outboxKey = (campaignId: string) => `countersign.outbox.${campaignId}`;

/** Answers that never reached the server survive a closed tab: same key, so sending one twice does nothing twice. */
function readOutbox(campaignId: string): PendingAnswer[] {
  try {
    return JSON.parse(localStorage.getItem(outboxKey(campaignId)) ?? "[]") as PendingAnswer[];
  } catch {
    return [];
  }
}

export type Review = {
  /** null while the first rows are read. */
  state: ReviewState | null;
  failure: string | null;
  /** Waiting for the network; nothing is lost. */
  isOffline: boolean;
  answer: (pending: Omit<PendingAnswer, "idempotencyKey" | "version">) => void;
  replaceRows: (rows: readonly ReviewItemRow[]) => void;
  reload: () => Promise<void>;
};

/** A reviewer's rows with their answers: shown at once, sent in order, kept until acknowledged, rolled back when refused. */
export function useReview(campaignId: string): Review {
  const [state, setState] = useState<ReviewState | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [isOffline, setOffline] = useState(false);
  const latest = useRef<ReviewState | null>(null);
  const underWay = useRef(new Set<string>());

  const change = useCallback(
    (next: (before: ReviewState) => ReviewState) => {
      if (!latest.current) return;
      const before = latest.current.outbox;
      latest.current = next(latest.current);
      if (latest.current.outbox !== before)
        localStorage.setItem(outboxKey(campaignId), JSON.stringify(keptOutbox(readOutbox(campaignId), before, latest.current.outbox)));
      setState(latest.current);
    },
    [campaignId],
  );

  const flush = useCallback(async () => {
    for (;;) {
      const next = latest.current?.outbox.find(({ itemId }) => !underWay.current.has(itemId));
      if (!next || underWay.current.size >= AT_ONCE) return;
      underWay.current.add(next.itemId);
      try {
        const version = await sendAnswer(campaignId, next);
        setOffline(false);
        change((before) => acknowledged(before, next, version));
      } catch (error) {
        if (!(error instanceof Refused)) {
          setOffline(true);
          return;
        }
        const truth = await loadItem(campaignId, next.itemId).catch(() => null);
        if (truth) change((before) => refused(before, next, truth));
        toastFailed(error.failure);
      } finally {
        underWay.current.delete(next.itemId);
      }
    }
  }, [campaignId, change]);

  const reload = useCallback(async () => {
    try {
      const rows = await loadItems(campaignId);
      const fresh: ReviewState = { loaded: loadedOf(rows, new Date().toISOString()), changed: new Map(), outbox: [] };
      latest.current = readOutbox(campaignId).reduce(withAnswer, fresh);
      setState(latest.current);
      setFailure(null);
      void flush();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : "The items could not be read.");
    }
  }, [campaignId, flush]);

  useEffect(() => {
    void reload();
  }, [reload]);
  useEffect(() => {
    const retry = () => void flush();
    const timer = setInterval(retry, RETRY_MS);
    window.addEventListener("online", retry);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", retry);
    };
  }, [flush]);

  const answer = useCallback<Review["answer"]>(
    (given) => {
      const version = (latest.current && rowOf(latest.current, given.itemId)?.version) ?? 0;
      change((before) => withAnswer(before, { ...given, version, idempotencyKey: crypto.randomUUID() }));
      void flush();
    },
    [change, flush],
  );
  const replaceRows = useCallback<Review["replaceRows"]>((rows) => change((before) => withRows(before, rows)), [change]);
  return { state, failure, isOffline, answer, replaceRows, reload };
}
