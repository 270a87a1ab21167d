import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { type Grouping, inOrder } from "./grouping.ts";

export type Bucket = "all" | "thought" | "changed" | "privileged" | "unused" | "rest";
type OneBucket = Exclude<Bucket, "all">;

/** A reviewer's rows as the server told them, with all that an answer does not change: made once for each reading. */
export type Loaded = {
  /** In the order in which they are shown. */
  items: readonly ReviewItemRow[];
  byId: ReadonlyMap<string, ReviewItemRow>;
  bucketOf: ReadonlyMap<string, OneBucket>;
  counts: Counts;
  /** Those that were carried forward. */
  carriedIds: readonly string[];
};

/** Every row by where it stands, and those left to decide by bucket. */
export type Counts = { total: number; open: number; answered: number; submitted: number; voided: number; left: Record<Bucket, number> };

const UNUSED_DAYS = 90;
const DAY_MS = 86_400_000;

export function loadedOf(rows: readonly ReviewItemRow[], now: string): Loaded {
  const items = inOrder(rows, "person");
  const at = Date.parse(now);
  const buckets = new Map(items.map((row) => [row.id, bucketOf(row, at)]));
  const counts = noCounts();
  for (const row of items) count(counts, row, buckets.get(row.id), 1);
  return {
    items,
    byId: new Map(items.map((row) => [row.id, row])),
    bucketOf: buckets,
    counts,
    carriedIds: items.filter(({ carriedCycles }) => carriedCycles > 0).map(({ id }) => id),
  };
}

/** Whether nothing is known to have used it for 90 days. What a source does not tell is not "unused". */
function isUnused(row: ReviewItemRow, now: number): boolean {
  if (row.lastUsed.kind === "never") return true;
  return row.lastUsed.kind === "value" && row.lastUsed.at !== null && now - Date.parse(row.lastUsed.at) > UNUSED_DAYS * DAY_MS;
}

/** The first that fits: every row is in exactly one, so the counts add up. */
function bucketOf(row: ReviewItemRow, now: number): OneBucket {
  if (row.riskClass === "critical" || row.riskClass === "high" || row.conflicts.length > 0 || row.personStatus === "left") return "thought";
  if (row.change === "changed" || row.change === "new") return "changed";
  if (row.privileged === "yes") return "privileged";
  if (isUnused(row, now)) return "unused";
  return "rest";
}

/** The same rows under other heads. */
export const regrouped = (loaded: Loaded, by: Grouping): Loaded => ({ ...loaded, items: inOrder(loaded.items, by) });

const noCounts = (): Counts => ({
  total: 0,
  open: 0,
  answered: 0,
  submitted: 0,
  voided: 0,
  left: { all: 0, thought: 0, changed: 0, privileged: 0, unused: 0, rest: 0 },
});

function count(counts: Counts, row: ReviewItemRow, bucket: OneBucket | undefined, by: 1 | -1): void {
  counts.total += by;
  if (row.state === "ASSIGNED" || row.state === "UNASSIGNED") {
    counts.open += by;
    counts.left.all += by;
    if (bucket) counts.left[bucket] += by;
  } else if (row.state === "DRAFTED") counts.answered += by;
  else if (row.state === "VOIDED") counts.voided += by;
  else counts.submitted += by;
}

/** As counted when they were read, corrected by what has changed: an answer costs as much as there are answers, not rows. */
export function countsOf(loaded: Loaded, changed: ReadonlyMap<string, ReviewItemRow>): Counts {
  const counts = { ...loaded.counts, left: { ...loaded.counts.left } };
  for (const [id, row] of changed) {
    const before = loaded.byId.get(id);
    if (!before) continue;
    count(counts, before, loaded.bucketOf.get(id), -1);
    count(counts, row, loaded.bucketOf.get(id), 1);
  }
  return counts;
}

/** Those of one bucket in which these words occur. */
export function fitting({ items, bucketOf: buckets }: Loaded, bucket: Bucket, words: string): readonly ReviewItemRow[] {
  const wanted = words.trim().toLowerCase();
  if (bucket === "all" && wanted === "") return items;
  return items.filter(
    (row) =>
      (bucket === "all" || buckets.get(row.id) === bucket) &&
      (wanted === "" ||
        [row.personName, row.identityName, row.entitlementName, row.meaning, row.resourceName, row.sourceName].some((text) =>
          text?.toLowerCase().includes(wanted),
        )),
  );
}
