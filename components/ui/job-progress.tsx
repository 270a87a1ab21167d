"use client";

import { Progress, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import classes from "./job-progress.module.css";
import { countText } from "./moment-text.ts";
import { useReads } from "./reads.ts";
import { StateBadge } from "./state-badge.tsx";
import { ToneText } from "./tone-text.tsx";

/** What a progress URL answers, as JSON. Counts may be strings. */
export type JobSnapshot = {
  id: string;
  /** "Sync of Payroll directory", "Freeze of Q4 access review". */
  title: string;
  /** A state of the job's own lifecycle; while `isDone` is false it is asked again. */
  state: string;
  isDone: boolean;
  /** Which part is being done now: a stream, a step. */
  stream: string | null;
  pages: number | string | null;
  rows: number | string;
  /** Null: the source declares no total, so how far is unknown. */
  declared: number | string | null;
  /** What went wrong or what is held, in a sentence. */
  message?: string | null;
  /** Where the whole story is. */
  href?: string;
};

const POLL_MS = 1_500;

async function readJson<T>(url: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(url, { signal, headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`Progress answered ${response.status}`);
  return (await response.json()) as T;
}

type JobProgressProps = {
  url: string;
  /** Drawn until the first answer, so that nothing jumps. */
  initial?: JobSnapshot;
  /** Called once, when the job has ended: refresh the page's data. */
  onDone?: (snapshot: JobSnapshot) => void;
};

/** Asks the URL again every second and a half until the job is done; the page can be left meanwhile. */
export function JobProgress({ url, initial, onDone }: JobProgressProps) {
  const told = useRef(false);
  const { data, isError } = useQuery(
    {
      queryKey: ["job", url],
      queryFn: ({ signal }) => readJson<JobSnapshot>(url, signal),
      ...(initial ? { initialData: initial, initialDataUpdatedAt: 0 } : {}),
      refetchInterval: (query) => (query.state.data?.isDone ? false : POLL_MS),
      refetchIntervalInBackground: true,
    },
    useReads(),
  );
  useEffect(() => {
    if (!data?.isDone || told.current) return;
    told.current = true;
    onDone?.(data);
  }, [data, onDone]);

  if (!data) return isError ? <Unreadable /> : <Skeleton height={56} radius="md" aria-label="Reading progress" />;
  return <JobLine snapshot={data} isStale={isError} />;
}

/** Everything that runs, for the header. The URL answers `{ jobs: JobSnapshot[] }`. */
export function JobList({ url }: { url: string }) {
  const { data, isError } = useQuery(
    {
      queryKey: ["jobs", url],
      queryFn: ({ signal }) => readJson<{ jobs: JobSnapshot[] }>(url, signal),
      refetchInterval: POLL_MS,
    },
    useReads(),
  );
  if (!data) return isError ? <Unreadable /> : <Skeleton height={56} radius="md" aria-label="Reading jobs" />;
  if (data.jobs.length === 0) return <p>Nothing runs now. What ran is in the history of each source and campaign.</p>;
  return (
    <ul className={classes.jobs}>
      {data.jobs.map((job) => (
        <li key={job.id}>
          <JobLine snapshot={job} isStale={isError} />
        </li>
      ))}
    </ul>
  );
}

function Unreadable() {
  return <ToneText tone="warning">Progress cannot be read now. The job itself goes on.</ToneText>;
}

export function JobLine({ snapshot, isStale = false }: { snapshot: JobSnapshot; isStale?: boolean }) {
  const { title, state, isDone, stream, pages, rows, declared, message, href } = snapshot;
  const share = declared === null || Number(declared) === 0 ? null : Math.min(100, (Number(rows) / Number(declared)) * 100);
  const parts = [
    stream,
    declared === null ? `${countText(rows)} rows, total not declared` : `${countText(rows)} of ${countText(declared)} rows`,
    pages === null ? null : `${countText(pages)} ${String(pages) === "1" ? "page" : "pages"}`,
  ].filter((part) => part !== null);
  return (
    <div className={classes.job} aria-busy={!isDone}>
      <div className={classes.head}>
        {href ? <a href={href}>{title}</a> : <span>{title}</span>}
        <StateBadge state={state} />
      </div>
      <Progress
        value={isDone ? 100 : (share ?? 100)}
        animated={!isDone && share === null}
        striped={!isDone && share === null}
        size="sm"
        aria-label={title}
        color={isDone ? "gray" : "indigo"}
      />
      <output className={`${classes.numbers} numbers`}>{parts.join(" · ")}</output>
      {message && <p className={classes.message}>{message}</p>}
      {isStale && <Unreadable />}
    </div>
  );
}
