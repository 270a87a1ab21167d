import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { type Reached, type ReachTotals, reachedBy, reachTotals } from "./effective-access.sql.ts";
import { presentAt } from "./history.sql.ts";
import { accessAt, SENTENCES } from "./identity.sql.ts";
import { iso, isUuid } from "./list-page.sql.ts";
import { IDENTITY_COLUMNS, IDENTITY_TABLES, type IdentityRow } from "./queries.ts";
import { historyOf, RECENT_RUNS, type RecordHistory } from "./record-history.sql.ts";

export type PersonIdentity = IdentityRow & {
  /** Live grants held directly. */
  grants: number;
  /** How the match came about: exact_id, mail, name, by_hand. */
  method: string | null;
  why: string | null;
};
export type PersonName = { id: string; name: string; title: string | null; status: string };

export type PersonView = {
  id: string;
  name: string;
  externalId: string;
  mail: string | null;
  title: string | null;
  department: string | null;
  employment: string;
  /** active, left, unknown; gone where the people source no longer names them. */
  status: string;
  startedOn: string | null;
  endedOn: string | null;
  managerId: string | null;
  manager: string | null;
  managerText: string | null;
  sponsorId: string | null;
  sponsor: string | null;
  sourceId: string;
  source: string;
  /** When the people source was first read. */
  sourceSince: string | null;
  observedAt: string | null;
  firstSeenAt: string;
  identities: PersonIdentity[];
  reports: PersonName[];
  reportCount: number;
  owned: Pick<IdentityRow, "id" | "name" | "class" | "source">[];
  ownedCount: number;
  ownedResources: { id: string; name: string; class: string }[];
  ownedResourceCount: number;
  totals: ReachTotals;
  reached: Reached[];
  history: RecordHistory;
};

const LISTED = 50;

export async function getPerson(_scope: InventoryScope, personId: string): Promise<PersonView> {
  const [row] = isUuid(personId)
    ? await reader.rows<Omit<PersonView, "identities" | "reports" | "owned" | "ownedResources" | "totals" | "reached" | "history">>(
        `SELECT p.id, p.name, p.external_id AS "externalId", p.mail, p.title, p.department, p.employment,
           CASE WHEN p.gone_run_id IS NULL THEN p.status ELSE 'gone' END AS status, p.started_on::text AS "startedOn", p.ended_on::text AS "endedOn",
           m.id AS "managerId", m.name AS manager, p.manager AS "managerText", n.id AS "sponsorId", n.name AS sponsor, s.id AS "sourceId", s.name AS source,
           (SELECT ${iso("min(r.finished_at)")} FROM sync_runs r WHERE r.source_id = s.id AND r.state = 'APPLIED') AS "sourceSince",
           (SELECT ${iso("coalesce(r.observed_at, r.started_at)")} FROM sync_runs r WHERE r.source_id = s.id AND r.state = 'APPLIED'
            ORDER BY r.finished_at DESC LIMIT 1) AS "observedAt",
           ${iso("p.first_seen_at")} AS "firstSeenAt",
           (SELECT count(*)::int FROM people c WHERE c.manager_id = p.id AND c.gone_run_id IS NULL) AS "reportCount",
           (SELECT count(*)::int FROM identities i WHERE i.owner_id = p.id AND i.gone_run_id IS NULL) AS "ownedCount",
           (SELECT count(*)::int FROM resources o WHERE o.owner_id = p.id AND o.gone_run_id IS NULL) AS "ownedResourceCount"
         FROM people p JOIN sources s ON s.id = p.source_id LEFT JOIN people m ON m.id = p.manager_id LEFT JOIN people n ON n.id = p.sponsor_id
         WHERE p.id = $1::uuid`,
        [personId],
      )
    : [];
  if (!row) throw notFound("Person", personId);
  const identities = await listPersonIdentities(personId);
  const ids = identities.map(({ id }) => id);
  const [reports, owned, ownedResources, totals, reached, history] = await Promise.all([
    reader.rows<PersonName>(
      `SELECT id, name, title, status FROM people WHERE manager_id = $1::uuid AND gone_run_id IS NULL ORDER BY name COLLATE "C", id LIMIT ${LISTED}`,
      [personId],
    ),
    reader.rows<PersonView["owned"][number]>(
      `SELECT i.id, i.name, i.class, s.name AS source FROM identities i JOIN sources s ON s.id = i.source_id
       WHERE i.owner_id = $1::uuid AND i.gone_run_id IS NULL ORDER BY i.name COLLATE "C", i.id LIMIT ${LISTED}`,
      [personId],
    ),
    reader.rows<PersonView["ownedResources"][number]>(
      `SELECT id, name, class FROM resources WHERE owner_id = $1::uuid AND gone_run_id IS NULL ORDER BY name COLLATE "C", id LIMIT ${LISTED}`,
      [personId],
    ),
    reachTotals(reader, ids),
    reachedBy(reader, ids, { after: null, limit: SENTENCES }),
    historyOf(reader, "person", personId, RECENT_RUNS),
  ]);
  return { ...row, identities, reports, owned, ownedResources, totals, reached, history };
}

const listPersonIdentities = (personId: string): Promise<PersonIdentity[]> =>
  reader.rows<PersonIdentity>(
    `SELECT ${IDENTITY_COLUMNS}, m.method, m.why,
       (SELECT count(*)::int FROM grants g WHERE g.holder_id = i.id AND g.ended_run_id IS NULL) AS grants
     FROM ${IDENTITY_TABLES} LEFT JOIN identity_person_matches m ON m.identity_id = i.id AND m.state = 'matched'
     WHERE i.person_id = $1::uuid AND i.gone_run_id IS NULL ORDER BY i.name COLLATE "C", i.id LIMIT ${LISTED}`,
    [personId],
  );

/** What a person reached at an instant, by replay, by the identities that are known to be theirs today. */
export async function getPersonAt(_scope: InventoryScope, personId: string, at: Date, isWhole: boolean) {
  const identities = await reader.rows<{ id: string; source: string; isUnread: boolean }>(
    `SELECT i.id, s.name AS source, NOT EXISTS (SELECT FROM sync_runs r
       WHERE r.source_id = s.id AND r.state = 'APPLIED' AND r.finished_at <= $2::timestamptz) AS "isUnread"
     FROM identities i JOIN sources s ON s.id = i.source_id WHERE i.person_id = $1::uuid ORDER BY s.name COLLATE "C", i.id LIMIT 200`,
    [personId, at.toISOString()],
  );
  const ids = identities.map(({ id }) => id);
  const [wasPresent, access] = await Promise.all([presentAt(reader, "people", personId, at), accessAt(ids, at, isWhole)]);
  /** Sources of theirs that nobody had read by then. */
  const unread = [...new Set(identities.flatMap(({ source, isUnread }) => (isUnread ? [source] : [])))];
  return { wasPresent, access, unread };
}

/** Their identities, for asking what they reach together. */
export const identitiesOfPerson = async (_scope: InventoryScope, personId: string): Promise<string[]> =>
  (
    await reader.rows<{ id: string }>(
      "SELECT id FROM identities WHERE person_id = $1::uuid AND gone_run_id IS NULL ORDER BY id LIMIT 200",
      [personId],
    )
  ).map(({ id }) => id);
