import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { type Reached, type ReachTotals, reachedBy, reachTotals } from "./effective-access.sql.ts";
import { isRead, presentAt, recordsAt, thingsAt } from "./history.sql.ts";
import { iso, isUuid } from "./list-page.sql.ts";
import { reachedAt } from "./past-access.sql.ts";
import { IDENTITY_COLUMNS, IDENTITY_TABLES, type IdentityRow } from "./queries.ts";
import { ALL_RUNS, historyOf, RECENT_RUNS, type RecordHistory } from "./record-history.sql.ts";
import { credentialOf, factorOf, sessionOf, type Things, trustOf } from "./things.ts";

export type MatchView = {
  id: string;
  personId: string;
  person: string;
  method: string;
  state: string;
  score: number;
  why: string;
  decidedBy: string | null;
  createdAt: string;
};

export type IdentityHead = IdentityRow & {
  mail: string | null;
  purpose: string | null;
  origin: string;
  interactive: string;
  createdKind: string;
  createdAt: string | null;
  ownerText: string | null;
  ownerStatus: string | null;
  backupOwnerText: string | null;
  backupOwnerId: string | null;
  backupOwner: string | null;
  firstSeenAt: string;
  goneAt: string | null;
  /** When its source was first read, and the instant that the last read speaks of. */
  sourceSince: string | null;
  observedAt: string | null;
  /** Streams that the last read of its source told of: nothing there is "none", nothing elsewhere is "unknown". */
  told: string[];
  matches: MatchView[];
};

const LISTED = 100;
/** As many of the things an identity reaches as a page holds; a list of its own has the rest. */
export const SENTENCES = 60;

export async function getIdentityHead(_scope: InventoryScope, identityId: string): Promise<IdentityHead> {
  const [row] = isUuid(identityId)
    ? await reader.rows<Omit<IdentityHead, "matches">>(
        `SELECT ${IDENTITY_COLUMNS}, i.mail, i.purpose, i.origin, i.interactive, i.created_kind AS "createdKind", ${iso("i.created_at")} AS "createdAt",
           i.owner AS "ownerText", CASE WHEN o.gone_run_id IS NULL THEN o.status ELSE 'gone' END AS "ownerStatus", i.backup_owner AS "backupOwnerText",
           i.backup_owner_id AS "backupOwnerId", b.name AS "backupOwner", ${iso("i.first_seen_at")} AS "firstSeenAt", ${iso("i.gone_at")} AS "goneAt",
           (SELECT ${iso("min(r.finished_at)")} FROM sync_runs r WHERE r.source_id = s.id AND r.state = 'APPLIED') AS "sourceSince",
           ${iso("last.observed_at")} AS "observedAt",
           coalesce((SELECT array_agg(t.stream) FROM sync_streams t WHERE t.run_id = last.id AND t.completeness <> 'unavailable'), '{}') AS told
         FROM ${IDENTITY_TABLES} LEFT JOIN people b ON b.id = i.backup_owner_id
         LEFT JOIN LATERAL (SELECT r.id, coalesce(r.observed_at, r.started_at) AS observed_at FROM sync_runs r
           WHERE r.source_id = s.id AND r.state = 'APPLIED' ORDER BY r.finished_at DESC LIMIT 1) last ON true
         WHERE i.id = $1::uuid`,
        [identityId],
      )
    : [];
  if (!row) throw notFound("Identity", identityId);
  return { ...row, matches: await listMatches(identityId) };
}

const listMatches = (identityId: string): Promise<MatchView[]> =>
  reader.rows<MatchView>(
    `SELECT m.id, m.person_id AS "personId", p.name AS person, m.method, m.state, m.score, m.why, u.display_name AS "decidedBy", ${iso("m.created_at")} AS "createdAt"
     FROM identity_person_matches m JOIN people p ON p.id = m.person_id LEFT JOIN app_users u ON u.id = m.decided_by
     WHERE m.identity_id = $1::uuid ORDER BY m.state = 'matched' DESC, m.state = 'proposed' DESC, m.score DESC, m.id DESC LIMIT 20`,
    [identityId],
  );

export type IdentityAccess = { reached: Omit<Reached, "place">[]; totals: ReachTotals; isCut: boolean };

/** What it has and reaches today. */
export async function getIdentityToday(_scope: InventoryScope, identityId: string): Promise<{ things: Things; access: IdentityAccess }> {
  const [credentials, factors, trusts, sessions, reached, totals] = await Promise.all([
    liveThings("credentials", identityId),
    liveThings("factors", identityId),
    liveThings("trusts", identityId),
    liveThings("sessions", identityId),
    reachedBy(reader, [identityId], { after: null, limit: SENTENCES }),
    reachTotals(reader, [identityId]),
  ]);
  return {
    things: thingsOf({ credentials, factors, trusts, sessions }),
    access: { reached, totals, isCut: false },
  };
}

/** Facts of the identity itself as they were. */
export type PastIdentity = { name: string; class: string; status: string; environment: string; owner: string | null };

/** What it was, had and reached at an instant, by replay; of what it reached, as much as a page holds, or the whole. */
export async function getIdentityAt(
  _scope: InventoryScope,
  identityId: string,
  at: Date,
  isWhole = false,
): Promise<{ wasPresent: boolean; was: PastIdentity | null; things: Things; access: IdentityAccess }> {
  const things = (stream: "credentials" | "factors" | "trusts" | "sessions") => thingsAt(reader, stream, identityId, at, LISTED);
  const [wasPresent, [record], credentials, factors, trusts, sessions, past] = await Promise.all([
    presentAt(reader, "identities", identityId, at),
    recordsAt(reader, "identities", [identityId], at),
    things("credentials"),
    things("factors"),
    things("trusts"),
    things("sessions"),
    accessAt([identityId], at, isWhole),
  ]);
  return {
    wasPresent,
    was: record ? (record.record as PastIdentity) : null,
    things: thingsOf({ credentials, factors, trusts, sessions }),
    access: past,
  };
}

/** What identities reached together at an instant, by replay: as much as a page holds, or the whole. */
export async function accessAt(identityIds: readonly string[], at: Date, isWhole: boolean): Promise<IdentityAccess> {
  const { reached, isCut } = await reachedAt(reader, identityIds, at);
  const count = (privileged: string) => reached.filter((each) => each.privileged === privileged).length;
  const totals = {
    entitlements: reached.length,
    privileged: count("yes"),
    unknown: count("unknown"),
    resources: new Set(reached.flatMap(({ resourceId }) => resourceId ?? [])).size,
  };
  return { reached: isWhole ? reached : reached.slice(0, SENTENCES), totals, isCut };
}

type Records = Record<keyof Things, { id: string; record: Record<string, unknown> }[]>;

const thingsOf = ({ credentials, factors, trusts, sessions }: Records): Things => ({
  credentials: credentials.map(credentialOf),
  factors: factors.map(factorOf),
  trusts: trusts.map(trustOf),
  sessions: sessions.map(sessionOf),
});

const liveThings = (table: keyof Things, identityId: string) =>
  reader.rows<{ id: string; record: Record<string, unknown> }>(
    `SELECT t.id, to_jsonb(t) AS record FROM ${table} t WHERE t.identity_id = $1::uuid AND t.gone_run_id IS NULL AND ${isRead(table)}
     ORDER BY t.external_id COLLATE "C" LIMIT ${LISTED}`,
    [identityId],
  );

export const getIdentityHistory = (_scope: InventoryScope, identityId: string, isWhole: boolean): Promise<RecordHistory> =>
  historyOf(reader, "identity", identityId, isWhole ? ALL_RUNS : RECENT_RUNS);
