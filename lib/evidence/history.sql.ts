import "server-only";

/** Larger than any leaf: what has none yet comes after everything. */
export const LATEST = "9223372036854775807";

/** The leaf of the event that applied a run, null where it was not sealed; the log has one for every run that changed anything. */
const applied = (run: string): string =>
  `(SELECT coalesce(min(l.leaf_index), ${LATEST}) FROM audit_events e LEFT JOIN audit_leaves l ON l.event_id = e.id
    WHERE e.subject_kind = 'sync_run' AND e.subject_id = ${run}::text AND e.type = 'sync_run.applied')`;

/**
 * Records of a stream as they were at their cut, a leaf of the log: today's row with the oldest value of each column that a later run changed
 * put back. Who was marked gone only afterwards was not gone. `cuts` is a relation of (id, leaf_index). Columns that change without history
 * (when something was last used) are those of today and must not be read.
 */
export const recordsAt = (stream: "people" | "identities" | "credentials" | "trusts", cuts: string, prologue = ""): string => `
  WITH ${prologue ? `${prologue}, ` : ""}later AS (
    SELECT c.id, c.record_id, c.kind, c.before FROM ${cuts} k JOIN inventory_changes c ON c.stream = '${stream}' AND c.record_id = k.id
    WHERE ${applied("c.run_id")} > k.leaf_index),
  restored AS (
    SELECT record_id, jsonb_object_agg(key, value) AS facts
    FROM (SELECT DISTINCT ON (l.record_id, b.key) l.record_id, b.key, b.value FROM later l CROSS JOIN jsonb_each(l.before) b ORDER BY l.record_id, b.key, l.id) o
    GROUP BY record_id),
  told AS (
    SELECT k.id, k.leaf_index, r.source_id, r.external_id, r.first_run_id, to_jsonb(r) || coalesce(o.facts, '{}') AS facts,
      coalesce((SELECT l.kind = 'returned' FROM later l WHERE l.record_id = k.id AND l.kind IN ('gone', 'returned') ORDER BY l.id LIMIT 1),
        r.gone_at IS NOT NULL) AS is_gone
    FROM ${cuts} k JOIN ${stream} r ON r.id = k.id LEFT JOIN restored o ON o.record_id = k.id)`;

/** Only what was there at the cut. */
export const wasThere = (row: string): string =>
  `NOT ${row}.is_gone AND NOT EXISTS (SELECT FROM audit_events e LEFT JOIN audit_leaves l ON l.event_id = e.id
    WHERE e.subject_kind = 'sync_run' AND e.subject_id = ${row}.first_run_id::text AND e.type = 'sync_run.applied' AND coalesce(l.leaf_index, ${LATEST}) > ${row}.leaf_index)`;
