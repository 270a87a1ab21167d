import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { liveColumns, type RecordStream } from "./columns.ts";

export type ChangeKind = "added" | "changed" | "ended";

/** One line of what a run did: what it was about, and of what changed the columns before and after. */
export type RunChange = {
  id: string;
  /** Whom or what it is about: the record itself, of a grant its holder. */
  subjectStream: Stream;
  subjectId: string;
  label: string;
  detail: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

const told = (row: string): string =>
  `jsonb_strip_nulls(jsonb_build_object(${liveColumns("grants")
    .filter(({ isVolatile }) => !isVolatile)
    .map(({ name }) => `'${name}', ${row}.${name}`)
    .join(", ")}))`;

const NAMES = `LEFT JOIN identities i ON i.id = g.holder_id LEFT JOIN entitlements h ON h.id = g.holder_id
  JOIN entitlements e ON e.id = g.entitlement_id LEFT JOIN resources r ON r.id = e.resource_id`;
const WHAT = `coalesce(i.name, h.name) || ' holds ' || e.name AS label, r.name AS detail`;

/** The grant that one of the run's took the place of. */
const REPLACED = `grants o WHERE o.source_id = g.source_id AND o.ended_run_id = $2::uuid AND o.end_reason = 'changed'
  AND o.holder_id = g.holder_id AND o.entitlement_id = g.entitlement_id`;

const GRANTS: Readonly<Record<ChangeKind, { told: string; among: string }>> = {
  added: {
    told: "NULL::jsonb AS before, NULL::jsonb AS after",
    among: `grants g WHERE g.opened_run_id = $2::uuid AND NOT EXISTS (SELECT FROM ${REPLACED})`,
  },
  changed: {
    told: `o.told AS before, ${told("g")} AS after`,
    among: `grants g JOIN LATERAL (SELECT ${told("o")} AS told FROM ${REPLACED}) o ON true WHERE g.opened_run_id = $2::uuid`,
  },
  ended: {
    told: "NULL::jsonb AS before, NULL::jsonb AS after",
    among: "grants g WHERE g.ended_run_id = $2::uuid AND g.end_reason = 'gone'",
  },
};

/** The window is cut before anything is named: a first run added a million. */
function grantQuery(kind: ChangeKind): string {
  const { told: columns, among } = GRANTS[kind];
  return `SELECT g.id, CASE g.holder_kind WHEN 'identity' THEN 'identities' ELSE 'entitlements' END AS "subjectStream", g.holder_id AS "subjectId", ${WHAT}, g.before, g.after
    FROM (SELECT g.id, g.holder_kind, g.holder_id, g.entitlement_id, ${columns} FROM ${among}
      AND g.source_id = $1::uuid AND ($3::text IS NULL OR g.id > $3::uuid) ORDER BY g.id LIMIT $4::int) g ${NAMES} ORDER BY g.id`;
}

const NAMED: Readonly<Record<RecordStream, string>> = {
  people: "t.name",
  identities: "t.name",
  resources: "t.name",
  entitlements: "t.name",
  trusts: "t.issuer || coalesce(' ' || t.subject_pattern, '')",
  credentials: "t.kind || ' ' || t.external_id",
  factors: "t.kind || ' ' || t.external_id",
  sessions: "t.external_id",
};

function recordQuery(stream: RecordStream, kind: ChangeKind): string {
  const changes = `SELECT t.id, '${stream}' AS "subjectStream", t.id AS "subjectId", ${NAMED[stream]} AS label, t.external_id AS detail, c.before, c.after
    FROM inventory_changes c JOIN ${stream} t ON t.id = c.record_id WHERE c.run_id = $2::uuid AND c.source_id = $1::uuid AND c.stream = '${stream}'`;
  const all =
    kind === "added"
      ? `SELECT t.id, '${stream}' AS "subjectStream", t.id AS "subjectId", ${NAMED[stream]} AS label, t.external_id AS detail, NULL::jsonb AS before, NULL::jsonb AS after
         FROM ${stream} t WHERE t.source_id = $1::uuid AND t.first_run_id = $2::uuid UNION ALL ${changes} AND c.kind = 'returned'`
      : `${changes} AND c.kind = '${kind === "changed" ? "changed" : "gone"}'`;
  return `SELECT * FROM (${all}) a WHERE $3::text IS NULL OR a.id > $3::uuid ORDER BY a.id LIMIT $4::int`;
}

/** The changes of one kind that a run made to one stream, in id order after `after`. */
export async function changesOfRun(
  tx: Tx,
  which: { sourceId: string; runId: string; stream: Stream; kind: ChangeKind; after: string | null; limit: number },
): Promise<RunChange[]> {
  const query = which.stream === "grants" ? grantQuery(which.kind) : recordQuery(which.stream, which.kind);
  return tx.rows<RunChange>(query, [which.sourceId, which.runId, which.after, which.limit]);
}
