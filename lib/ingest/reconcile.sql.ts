import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { inwardReferences, liveColumns, outwardReferences, type RecordStream } from "./columns.ts";
import type { Run, Tally } from "./difference.sql.ts";
import { differenceTable } from "./stage.sql.ts";

/**
 * Makes live what a comparison found. `at` is the instant of the change for the history. A run that did not see everything only adds:
 * nothing is changed or ended by it.
 */
export type Apply = { run: Run; at: Date; onlyAdditions: boolean };

const values = ({ run, at }: Apply) => [run.sourceId, run.id, at.toISOString()];

/** One stream of records: history first, while the old values still stand, then the rows. Nothing is asked that the tally answers. */
export async function applyRecords(tx: Tx, apply: Apply, stream: RecordStream, tally: Tally): Promise<void> {
  const columns = [...liveColumns(stream).map(({ name }) => name), ...outwardReferences(stream).map(({ idColumn }) => idColumn)];
  const changed = apply.onlyAdditions ? 0 : tally.changed;
  const gone = apply.onlyAdditions ? 0 : tally.gone;
  const kinds = ["returned", ...(apply.onlyAdditions ? [] : ["changed", "gone"])];
  if (changed + gone + tally.returned > 0) await keepHistory(tx, apply, stream, kinds);
  if (stream === "entitlements" && tally.new + changed + tally.returned > 0) await keepVersions(tx, apply);
  if (tally.new > 0) await insertRecords(tx, apply, stream, columns);
  if (changed + tally.returned > 0) await updateRecords(tx, apply, stream, columns);
  if (!apply.onlyAdditions && tally.touched > 0) await touchRecords(tx, apply, stream);
  if (gone > 0) await endRecords(tx, apply, stream);
  if (tally.new + changed + tally.returned > 0) await linkInward(tx, apply, stream);
}

async function keepHistory(tx: Tx, apply: Apply, stream: RecordStream, kinds: readonly string[]): Promise<void> {
  const steady = liveColumns(stream).flatMap(({ name, isVolatile }) => (isVolatile ? [] : [name]));
  await tx.rows(
    `INSERT INTO inventory_changes (run_id, source_id, stream, record_id, kind, before, after, at)
     SELECT $2::uuid, $1::uuid, '${stream}', t.id, d.op,
       (SELECT jsonb_object_agg(b.key, b.value) FROM jsonb_each(o.old) b WHERE b.value IS DISTINCT FROM o.new -> b.key),
       (SELECT jsonb_object_agg(a.key, a.value) FROM jsonb_each(o.new) a WHERE a.value IS DISTINCT FROM o.old -> a.key), $3::timestamptz
     FROM ${differenceTable(apply.run.id, stream)} d JOIN ${stream} t ON t.id = d.id
     CROSS JOIN LATERAL (SELECT ${asObject("t", steady)} AS old, CASE WHEN d.op = 'gone' THEN ${asObject("t", steady)} ELSE ${asObject("d", steady)} END AS new) o
     WHERE d.op = ANY ($4::text[]) ORDER BY d.id`,
    [...values(apply), kinds],
  );
}

async function updateRecords(tx: Tx, apply: Apply, stream: RecordStream, columns: readonly string[]): Promise<void> {
  await tx.rows(
    `UPDATE ${stream} t SET ${assignments(columns)}${stream === "entitlements" ? `, digest = ${digestOf("d")}` : ""},
       changed_run_id = $2::uuid, gone_run_id = NULL, gone_at = NULL
     FROM ${differenceTable(apply.run.id, stream)} d WHERE t.id = d.id AND d.op IN ${apply.onlyAdditions ? "('returned')" : "('changed', 'returned')"} AND t.source_id = $1::uuid`,
    [apply.run.sourceId, apply.run.id],
  );
}

/** References within the stream to what is new too are resolved at once; linkInward then finds nothing to do on a first load. */
async function insertRecords(tx: Tx, apply: Apply, stream: RecordStream, columns: readonly string[]): Promise<void> {
  const difference = differenceTable(apply.run.id, stream);
  const inward = inwardReferences(stream);
  const more = [
    ...inward.map(({ column, idColumn }) => ({ name: idColumn, value: `to_${column}.id` })),
    ...(stream === "entitlements" ? [{ name: "digest", value: digestOf("d") }] : []),
    ...(stream === "identities" ? [{ name: "person_id", value: "m.person_id" }] : []),
  ];
  const joins = inward.map(
    ({ column }) => `LEFT JOIN ${difference} to_${column} ON to_${column}.op = 'new' AND to_${column}.external_id = d.${column}`,
  );
  if (stream === "identities") joins.push("LEFT JOIN identity_person_matches m ON m.identity_id = d.id AND m.state = 'matched'");
  await tx.rows(
    `INSERT INTO ${stream} (id, source_id, ${[...columns, ...more.map(({ name }) => name)].join(", ")}, first_run_id, changed_run_id, first_seen_at)
     SELECT d.id, $1::uuid, ${[...columns.map((name) => `d.${name}`), ...more.map(({ value }) => value)].join(", ")}, $2::uuid, $2::uuid, $3::timestamptz
     FROM ${difference} d ${joins.join(" ")} WHERE d.op = 'new' ORDER BY d.external_id COLLATE "C"`,
    values(apply),
  );
}

async function touchRecords(tx: Tx, apply: Apply, stream: RecordStream): Promise<void> {
  const fleeting = liveColumns(stream).flatMap(({ name, isVolatile }) => (isVolatile ? [name] : []));
  await tx.rows(
    `UPDATE ${stream} t SET ${assignments(fleeting)} FROM ${differenceTable(apply.run.id, stream)} d WHERE t.id = d.id AND d.op = 'touched'`,
  );
}

async function endRecords(tx: Tx, apply: Apply, stream: RecordStream): Promise<void> {
  await tx.rows(
    `UPDATE ${stream} t SET gone_run_id = $2::uuid, gone_at = $3::timestamptz, changed_run_id = $2::uuid
     FROM ${differenceTable(apply.run.id, stream)} d WHERE t.id = d.id AND d.op = 'gone' AND t.source_id = $1::uuid`,
    values(apply),
  );
}

/** Managers, sponsors and parents: to the record of the same source, also one that is gone; null where there never was one. */
async function linkInward(tx: Tx, apply: Apply, stream: RecordStream): Promise<void> {
  for (const { column, idColumn } of inwardReferences(stream)) {
    await tx.rows(
      `UPDATE ${stream} t SET ${idColumn} = l.id
       FROM (SELECT o.id AS of, m.id FROM ${stream} o LEFT JOIN ${stream} m ON m.source_id = $1::uuid AND m.external_id = o.${column}
             WHERE o.source_id = $1::uuid) l
       WHERE t.id = l.of AND t.${idColumn} IS DISTINCT FROM l.id`,
      [apply.run.sourceId],
    );
  }
}

/** What the entitlement meant, each time that its contents were not what they had been. */
async function keepVersions(tx: Tx, apply: Apply): Promise<void> {
  const ops = apply.onlyAdditions ? "('new', 'returned')" : "('new', 'changed', 'returned')";
  await tx.rows(
    `INSERT INTO entitlement_versions (entitlement_id, digest, contents, meaning, run_id, seen_at)
     SELECT d.id, ${digestOf("d")}, d.contents, d.meaning, $2::uuid, $3::timestamptz
     FROM ${differenceTable(apply.run.id, "entitlements")} d LEFT JOIN entitlements t ON t.id = d.id AND t.source_id = $1::uuid
     WHERE d.op IN ${ops} AND t.digest IS DISTINCT FROM ${digestOf("d")} ORDER BY d.id`,
    values(apply),
  );
}

const digestOf = (row: string): string =>
  `encode(sha256(convert_to(coalesce(${row}.contents, ${row}.name || E'\\n' || coalesce(${row}.meaning, '')), 'UTF8')), 'hex')`;

/** Grants of a source that has some: ended and opened rows are their history. */
export async function applyGrants(tx: Tx, apply: Apply, tally: Tally): Promise<void> {
  const difference = differenceTable(apply.run.id, "grants");
  const live = liveColumns("grants").map(({ name }) => name);
  const fleeting = liveColumns("grants").flatMap(({ name, isVolatile }) => (isVolatile ? [name] : []));
  if (!apply.onlyAdditions && tally.gone + tally.changed > 0) {
    await tx.rows(
      `UPDATE grants t SET ended_run_id = $2::uuid, ended_at = $3::timestamptz, end_reason = d.op
       FROM ${difference} d WHERE t.source_id = $1::uuid AND t.id = d.id AND d.op IN ('gone', 'changed')`,
      values(apply),
    );
  }
  if (!apply.onlyAdditions && tally.touched > 0) {
    await tx.rows(
      `UPDATE grants t SET ${assignments(fleeting)} FROM ${difference} d WHERE t.source_id = $1::uuid AND t.id = d.id AND d.op = 'touched'`,
      [apply.run.sourceId],
    );
  }
  if (tally.new + (apply.onlyAdditions ? 0 : tally.changed) === 0) return;
  await tx.rows(
    `INSERT INTO grants (source_id, holder_kind, holder_id, entitlement_id, ${live.join(", ")}, opened_run_id)
     SELECT $1::uuid, d.holder_kind, d.holder_id, d.entitlement_id, ${live.map((name) => `d.${name}`).join(", ")}, $2::uuid
     FROM ${difference} d WHERE d.op IN ${apply.onlyAdditions ? "('new')" : "('new', 'changed')"}
     ORDER BY d.holder_id, d.entitlement_id`,
    [apply.run.sourceId, apply.run.id],
  );
}

const assignments = (columns: readonly string[]): string => columns.map((name) => `${name} = d.${name}`).join(", ");
const asObject = (row: string, columns: readonly string[]): string =>
  `jsonb_build_object(${columns.map((name) => `'${name}', ${row}.${name}`).join(", ")})`;
