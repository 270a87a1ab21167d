import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { keyOf, type Stream } from "#lib/inventory/streams.ts";
import {
  type Check,
  liveColumns,
  outwardReferences,
  parsedColumns,
  type RecordStream,
  type Reference,
  stagedColumns,
  type Trust,
  valueChecks,
} from "./columns.ts";
import { differenceTable, stagingTable } from "./stage.sql.ts";

/**
 * The comparison of what a run staged with what is live, in one pass over each stream: it validates, resolves references and finds what is
 * new, changed, vanished or bad. Nothing live is touched; `op` says what reconcile would do:
 *   new, returned, changed, touched (only volatile columns), gone, bad (refused), twin (refused: its key came before)
 */
export type Run = { id: string; sourceId: string };

/** The streams that the run staged: whether everything was seen, how many rows there are, and whether twins were marked among them. */
export type Staged = ReadonlyMap<Stream, { isComplete: boolean; rows: number; hasTwins: boolean }>;

const NO_INSTANT = new Set(["22007", "22008", "22009"]);

/** Casts every date unguarded, and does it again with care where one of them does not exist. */
export async function trusting<T>(tx: Tx, body: (trust: Trust) => Promise<T>): Promise<T> {
  await tx.rows("SAVEPOINT trusting");
  try {
    const result = await body("trusting");
    await tx.rows("RELEASE SAVEPOINT trusting");
    return result;
  } catch (error) {
    if (!NO_INSTANT.has((error as { code?: string }).code ?? "")) throw error;
    await tx.rows("ROLLBACK TO SAVEPOINT trusting");
    return body("careful");
  }
}

export type Tally = {
  staged: number;
  live: number;
  new: number;
  returned: number;
  changed: number;
  touched: number;
  gone: number;
  bad: number;
  twin: number;
};

/** All reasons a record of this stream may be refused for, in the order of `problem` (which counts from 1). */
export function problemsOf(stream: Stream): Pick<Check, "column" | "reason">[] {
  const unresolved = (column: string, to: string) => ({ column, reason: `names no record of ${to} in this source` });
  const references =
    stream === "grants"
      ? [unresolved("holder", "identities (or entitlements, where holder_kind says so)"), unresolved("entitlement", "entitlements")]
      : outwardReferences(stream).map(({ column, to }) => unresolved(column, to));
  const twin = { column: keyOf(stream).at(-1) ?? "external_id", reason: "has a key that an earlier record of this run has" };
  return [...valueChecks(stream).map(({ column, reason }) => ({ column, reason })), ...references, twin];
}

const problemCase = (conditions: readonly string[]): string =>
  `CASE ${conditions.map((condition, index) => `WHEN ${condition} THEN ${index + 1}`).join(" ")} END`;

/** Sessions derived from access events are no run's: none compares them, counts them or ends them. */
const isLive = (stream: Stream): string => (stream === "sessions" ? "gone_run_id IS NULL AND told = 'read'" : "gone_run_id IS NULL");

/** External ids of a stream as they will be after the run, with the ids of their rows. NOT IN, because it is always hashed: nothing here has statistics yet. */
function keysAfter(run: Run, stream: Stream, staged: Staged): string {
  const live = `SELECT t.external_id, t.id FROM ${stream} t WHERE t.source_id = $1::uuid AND ${isLive(stream)}`;
  if (!staged.has(stream)) return live;
  const difference = differenceTable(run.id, stream);
  return `${live} AND t.id NOT IN (SELECT d.id FROM ${difference} d WHERE d.op = 'gone')
    UNION ALL SELECT d.external_id, d.id FROM ${difference} d WHERE d.op IN ('new', 'returned')`;
}

/** Fills the difference of one stream of records. References to other streams must have been compared before. */
export async function compareRecords(tx: Tx, run: Run, stream: RecordStream, staged: Staged, trust: Trust): Promise<Tally> {
  const references = outwardReferences(stream);
  const live = liveColumns(stream);
  const difference = differenceTable(run.id, stream);
  const steady = live.filter(({ isVolatile }) => !isVolatile).map(({ name }) => name);
  const resolved = references.map(({ idColumn }) => idColumn);
  const names = [...live.map(({ name }) => name), ...resolved];
  const conditions = [...valueChecks(stream).map(({ isBad }) => isBad), ...references.map(isUnresolved)];
  const isDistinct = (columns: readonly string[]) => columns.map((name) => `v.${name} IS DISTINCT FROM t.${name}`).join(" OR ");
  await tx.rows(
    `INSERT INTO ${difference} (op, page, place, problem, id, ${names.join(", ")})
     SELECT CASE WHEN v.problem IS NOT NULL THEN 'bad' WHEN v.key IS NULL THEN 'gone' WHEN t.id IS NULL THEN 'new'
         WHEN ${isDistinct([...steady, ...resolved])} THEN 'changed' ELSE 'touched' END,
       v.page, v.place, v.problem, CASE WHEN v.problem IS NULL THEN coalesce(t.id, uuid7()) END, ${names.map((name) => `v.${name}`).join(", ")}
     FROM (
       SELECT s.page, s.place, s.problem, CASE WHEN s.problem IS NULL THEN s.external_id END AS key,
         ${[...live.map(({ name, value }) => `${value} AS ${name}`), ...resolved.map((name) => `s.${name}`)].join(", ")}
       FROM (
         SELECT s.*, ${problemCase(conditions)} AS problem ${references.map(({ idColumn, column }) => `, k_${column}.id AS ${idColumn}`).join("")}
         FROM (${parsedRows(run, stream, staged, trust)}) s
         ${references.map(({ column, to }) => `LEFT JOIN (${keysAfter(run, to, staged)}) k_${column} ON k_${column}.external_id = s.${column}`).join("\n")}
         OFFSET 0
       ) s
     ) v
     FULL JOIN (SELECT * FROM ${stream} WHERE source_id = $1::uuid AND ${isLive(stream)}) t ON t.external_id = v.key
     WHERE v.problem IS NOT NULL OR t.id IS NULL OR (v.key IS NULL AND $2::boolean)
       OR (v.key IS NOT NULL AND (${isDistinct(names)}))`,
    [run.sourceId, staged.get(stream)?.isComplete === true],
  );
  await markReturned(tx, run, stream);
  return tallyOf(tx, run, stream, staged);
}

/** Staged rows but twins, with their instants and days parsed; OFFSET 0 keeps the planner from parsing them once for each use. */
function parsedRows(run: Run, stream: Stream, staged: Staged, trust: Trust): string {
  const columns = ["s.ctid AS place", "s.page", ...stagedColumns(stream).map((name) => `s.${name}`), ...parsedColumns(stream, trust)];
  const twins = `WHERE NOT EXISTS (SELECT FROM ${differenceTable(run.id, stream)} d WHERE d.op = 'twin' AND d.place = s.ctid)`;
  return `SELECT ${columns.join(", ")} FROM ${stagingTable(run.id, stream)} s ${staged.get(stream)?.hasTwins ? twins : ""} OFFSET 0`;
}

const isUnresolved = ({ column }: Reference): string => `s.${column} IS NOT NULL AND k_${column}.id IS NULL`;

/** What seems new and was known before keeps its id and its history. */
async function markReturned(tx: Tx, run: Run, stream: RecordStream): Promise<void> {
  await tx.rows(
    `UPDATE ${differenceTable(run.id, stream)} d SET op = 'returned', id = t.id
     FROM ${stream} t WHERE d.op = 'new' AND t.source_id = $1::uuid AND t.gone_run_id IS NOT NULL AND t.external_id = d.external_id`,
    [run.sourceId],
  );
}

/** Fills the difference of the grants of a source that already has some. */
export async function compareGrants(tx: Tx, run: Run, staged: Staged, trust: Trust): Promise<Tally> {
  const live = liveColumns("grants");
  const steady = live.filter(({ isVolatile }) => !isVolatile).map(({ name }) => name);
  const names = live.map(({ name }) => name);
  const isDistinct = (columns: readonly string[]) => columns.map((name) => `v.${name} IS DISTINCT FROM t.${name}`).join(" OR ");
  await tx.rows(
    `INSERT INTO ${differenceTable(run.id, "grants")} (op, page, place, problem, id, holder_kind, holder_id, entitlement_id, ${names.join(", ")})
     SELECT CASE WHEN v.problem IS NOT NULL THEN 'bad' WHEN v.key IS NULL THEN 'gone' WHEN t.id IS NULL THEN 'new'
         WHEN ${isDistinct(steady)} THEN 'changed' ELSE 'touched' END,
       v.page, v.place, v.problem, t.id, v.holder_kind, v.holder_id, v.entitlement_id, ${names.map((name) => `v.${name}`).join(", ")}
     FROM (
       SELECT s.page, s.place, s.problem, CASE WHEN s.problem IS NULL THEN s.holder_id END AS key, s.holder_kind, s.holder_id, s.entitlement_id,
         ${live.map(({ name, value }) => `${value} AS ${name}`).join(", ")}
       FROM (${resolvedGrants(run, staged, trust)}) s
     ) v
     FULL JOIN (SELECT * FROM grants WHERE source_id = $1::uuid AND ended_run_id IS NULL) t
       ON t.holder_id = v.key AND t.entitlement_id = v.entitlement_id
     WHERE v.problem IS NOT NULL OR t.id IS NULL OR (v.key IS NULL AND $2::boolean)
       OR (v.key IS NOT NULL AND (${isDistinct(names)}))`,
    [run.sourceId, staged.get("grants")?.isComplete === true],
  );
  return tallyOf(tx, run, "grants", staged);
}

/** Staged grants with the ids of holder and entitlement, and what is wrong with them. `$1` is the source. */
export function resolvedGrants(run: Run, staged: Staged, trust: Trust): string {
  const conditions = [...valueChecks("grants").map(({ isBad }) => isBad), "coalesce(i.id, h.id) IS NULL", "e.id IS NULL"];
  const columns = stagedColumns("grants").filter((name) => name !== "holder_kind");
  const parsed = liveColumns("grants").flatMap(({ name }) => (name.endsWith("_at") ? [name] : []));
  return `SELECT s.page, s.place, ${[...columns, ...parsed].map((name) => `s.${name}`).join(", ")},
      coalesce(s.holder_kind, 'identity') AS holder_kind, coalesce(i.id, h.id) AS holder_id, e.id AS entitlement_id, ${problemCase(conditions)} AS problem
    FROM (${parsedRows(run, "grants", staged, trust)}) s
    LEFT JOIN (${keysAfter(run, "identities", staged)}) i ON i.external_id = CASE WHEN coalesce(s.holder_kind, 'identity') = 'identity' THEN s.holder END
    LEFT JOIN (${keysAfter(run, "entitlements", staged)}) h ON h.external_id = CASE WHEN s.holder_kind = 'entitlement' THEN s.holder END
    LEFT JOIN (${keysAfter(run, "entitlements", staged)}) e ON e.external_id = s.entitlement
    OFFSET 0`;
}

async function tallyOf(tx: Tx, run: Run, stream: Stream, staged: Staged): Promise<Tally> {
  const [row] = await tx.rows<Record<Exclude<keyof Tally, "staged">, string>>(
    `SELECT (${countLive(stream)})::text AS live,
       ${OPS.map((op) => `count(*) FILTER (WHERE op = '${op}')::text AS "${op}"`).join(", ")}
     FROM ${differenceTable(run.id, stream)}`,
    [run.sourceId],
  );
  if (!row) throw new Error("a count without a row");
  const counts = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as Omit<Tally, "staged">;
  return { staged: staged.get(stream)?.rows ?? 0, ...counts };
}

const OPS = ["new", "returned", "changed", "touched", "gone", "bad", "twin"] as const;

/** `$1` is the source. */
export const countLive = (stream: Stream): string =>
  `SELECT count(*) FROM ${stream} WHERE source_id = $1::uuid AND ${stream === "grants" ? "ended_run_id IS NULL" : isLive(stream)}`;

/**
 * Whether a key may have been staged twice. Twins of a live row both found it, so that more staged rows found a live one than live rows were
 * found; twins of a new one stand together among the few new. Nothing has to look at the many that did not change. A stream read in part
 * does not say what it missed, so there the staged keys themselves are counted.
 */
export async function mayHaveTwins(tx: Tx, run: Run, stream: Stream, tally: Tally, isComplete: boolean): Promise<boolean> {
  if (isComplete) {
    const found = tally.staged - tally.bad - tally.twin - tally.new - tally.returned;
    if (found > tally.live - tally.gone) return true;
  }
  const key = stream === "grants" ? "holder_id, entitlement_id" : "external_id";
  const among = isComplete
    ? `${differenceTable(run.id, stream)} WHERE op IN ('new', 'returned') GROUP BY ${key}`
    : `${stagingTable(run.id, stream)} s GROUP BY ${stagedKey(stream)}`;
  const [row] = await tx.rows<{ twins: boolean }>(`SELECT EXISTS (SELECT FROM ${among} HAVING count(*) > 1) AS twins`);
  return row?.twins === true;
}

const stagedKey = (stream: Stream): string =>
  keyOf(stream)
    .map((name) => (name === "holder_kind" ? "coalesce(s.holder_kind, 'identity')" : `s.${name}`))
    .join(", ");

/**
 * Leaves in the difference nothing but the twins: all sound records of a key but the first one staged. Compare again afterwards, and they
 * are passed over. Answers with how many there are; with none the difference stands as it was.
 */
export async function markTwins(tx: Tx, run: Run, stream: Stream): Promise<number> {
  const difference = differenceTable(run.id, stream);
  const [row] = await tx.rows<{ count: string }>(
    `WITH marked AS (
       INSERT INTO ${difference} (op, page, place, problem)
       SELECT 'twin', page, place, $1::int FROM (
         SELECT s.ctid AS place, s.page, row_number() OVER (PARTITION BY ${stagedKey(stream)} ORDER BY s.ctid) AS nth
         FROM ${stagingTable(run.id, stream)} s
         WHERE NOT EXISTS (SELECT FROM ${difference} d WHERE d.op = 'bad' AND d.place = s.ctid)
       ) numbered WHERE nth > 1 RETURNING 1
     ) SELECT count(*)::text AS count FROM marked`,
    [problemsOf(stream).length],
  );
  const twins = Number(row?.count ?? 0);
  if (twins > 0) await tx.rows(`DELETE FROM ${difference} WHERE op <> 'twin'`);
  return twins;
}

/** Where the rows of a page stood, as people find it: a file's name, or the page's number. `lines` are known for some rows only. */
export type PageLabel = { page: number; label: string };
export type RowLine = { page: number; row: number; line: number };

export type RejectedRow = { page: number; row: number };

/** Row numbers (within their page, from 1) of the first `limit` refused records. */
export async function refusedRows(tx: Tx, run: Run, stream: Stream, limit: number): Promise<RejectedRow[]> {
  return tx.rows<RejectedRow>(
    `SELECT page, at::int AS row FROM (${numberedRefusals(run, stream)}) r ORDER BY page, at LIMIT ${Number(limit)}`,
  );
}

const numberedRefusals = (run: Run, stream: Stream): string =>
  `SELECT d.page, d.problem, n.at, to_jsonb(s) - 'page' AS raw FROM ${differenceTable(run.id, stream)} d
   JOIN (SELECT ctid AS place, row_number() OVER (PARTITION BY page ORDER BY ctid) AS at FROM ${stagingTable(run.id, stream)}) n ON n.place = d.place
   JOIN ${stagingTable(run.id, stream)} s ON s.ctid = d.place
   WHERE d.op IN ('bad', 'twin')`;

/** Keeps every refused record with its reason and its raw form. */
export async function keepRefused(
  tx: Tx,
  run: Run,
  stream: Stream,
  labels: readonly PageLabel[],
  lines: readonly RowLine[],
): Promise<void> {
  const problems = problemsOf(stream);
  await tx.rows(
    `INSERT INTO rejected_records (run_id, stream, position, "column", reason, raw)
     SELECT $1::uuid, $2::text,
       coalesce(l.label, 'page ' || r.page) || CASE WHEN n.line IS NULL THEN ', row ' || r.at ELSE ', line ' || n.line END,
       p.name, p.reason, jsonb_strip_nulls(r.raw)
     FROM (${numberedRefusals(run, stream)}) r
     JOIN unnest($3::text[], $4::text[]) WITH ORDINALITY AS p (name, reason, nth) ON p.nth = r.problem
     LEFT JOIN unnest($5::int[], $6::text[]) AS l (page, label) ON l.page = r.page
     LEFT JOIN unnest($7::int[], $8::int[], $9::int[]) AS n (page, row, line) ON n.page = r.page AND n.row = r.at
     ORDER BY r.page, r.at`,
    [
      run.id,
      stream,
      problems.map(({ column }) => column),
      problems.map(({ reason }) => reason),
      labels.map(({ page }) => page),
      labels.map(({ label }) => label),
      lines.map(({ page }) => page),
      lines.map(({ row }) => row),
      lines.map(({ line }) => line),
    ],
  );
}
