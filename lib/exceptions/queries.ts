import "server-only";
import { type Actor, personIdOf, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { can } from "#lib/authz/permissions.ts";
import type { ExceptionScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { approvalFacts, BENEFICIARIES, type ExceptionRecord, RECORD, standerOf } from "./exception.sql.ts";
import { PENDING_STATES, STANDING_STATES } from "./lifecycle.ts";
import { approvalText } from "./refusal-words.ts";
import { approvalRefusals, CAP_DAYS, chainOf, isAsker, mayRecordTest, mayRenew, mayRevoke, nextStep, REMINDER_DAYS } from "./rules.ts";
import type { ExceptionListParams } from "./schema.ts";
import type { ExceptionDetail, ExceptionEventRow, ExceptionInbox, ExceptionPowers, ExceptionRow, ExceptionTotals } from "./types.ts";

const LIMIT = 500;
const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** In force at this moment, whenever the clock last looked: as a condition on exceptions x. */
export const IN_FORCE = "(x.state = 'ACTIVE' AND x.expires_at > now())";
const IS_EXPIRING = `(x.state IN ('ACTIVE', 'SUSPENDED') AND x.expires_at <= now() + interval '${REMINDER_DAYS[0]} days')`;
const IS_ASKED = "(x.state = 'IN_APPROVAL' OR x.renewal_user_id IS NOT NULL)";

/** Which exceptions a scope sees; $1 is the person and $2 the user, both null for those who read all. */
const SEES = `($2::uuid IS NULL OR $2::uuid IN (x.requester_user_id, x.renewal_user_id) OR $1::uuid IN (x.requester_id, x.renewal_requester_id, x.control_owner_id)
  OR $1::uuid = ANY (${BENEFICIARIES}) OR o.owner_id = $1::uuid
  OR EXISTS (SELECT FROM exception_approvals v WHERE v.exception_id = x.id AND v.person_id = $1::uuid)
  OR EXISTS (SELECT FROM identities h JOIN people k ON k.id = h.person_id WHERE h.id = x.identity_id AND k.manager_id = $1::uuid))`;
const FROM = `FROM exceptions x
  LEFT JOIN sources s ON s.id = x.source_id
  LEFT JOIN entitlements e ON e.id = x.entitlement_id
  LEFT JOIN resources o ON o.id = e.resource_id
  LEFT JOIN app_users q ON q.id = x.requester_user_id`;
const SHOWN = `s.name AS "sourceName", o.name AS "resourceName", q.display_name AS "requesterName", ${instant("x.created_at")} AS "createdAt",
  ${instant("x.active_at")} AS "activeAt", ${instant("x.ended_at")} AS "endedAt", ${IS_EXPIRING} AS "isExpiring"`;

type Shown = Pick<ExceptionRow, "sourceName" | "resourceName" | "requesterName" | "createdAt" | "activeAt" | "endedAt" | "isExpiring">;
type Viewer = { actor: Actor; now: Date };
const standing = ({ actor, now }: Viewer) => standerOf({ actor, now, requestId: "" } satisfies Ctx);

function rowOf(found: ExceptionRecord & Shown, viewer: Viewer): ExceptionRow {
  const facts = approvalFacts(found);
  return {
    id: found.id,
    label: found.label,
    sourceName: found.sourceName,
    resourceName: found.resourceName,
    riskClass: found.riskClass,
    state: found.state,
    requesterName: found.requesterName,
    createdAt: found.createdAt,
    activeAt: found.activeAt,
    expiresAt: found.expiresAt.toISOString(),
    controlDueAt: found.controlDueAt.toISOString(),
    renewals: found.renewals,
    isRenewalPending: found.isRenewalPending,
    isExpiring: found.isExpiring,
    waitsFor: nextStep(facts),
    waitsForMe: can(viewer.actor, "exception.approve") && approvalRefusals(facts, standing(viewer), viewer.now).length === 0,
    endedAt: found.endedAt,
  };
}

/** What waits for an approval first, then by end. At most 500. */
export async function listExceptions(scope: ExceptionScope, viewer: Viewer, params: ExceptionListParams): Promise<ExceptionRow[]> {
  const found = await reader.rows<ExceptionRecord & Shown>(
    `SELECT ${RECORD}, ${SHOWN} ${FROM}
     WHERE ${SEES} AND ($3::text = '' OR x.state::text = $3::text) AND ($4::text = '' OR x.risk_class = $4::text)
       AND ($5::text = '' OR x.label ILIKE '%' || $5::text || '%' OR o.name ILIKE '%' || $5::text || '%')
       AND CASE $6::text WHEN 'all' THEN true WHEN 'expiring' THEN ${IS_EXPIRING} WHEN 'waiting' THEN ${IS_ASKED}
         WHEN 'mine' THEN $7::uuid IN (x.requester_user_id, x.renewal_user_id) ELSE $3::text <> '' OR x.ended_at IS NULL END
     ORDER BY x.ended_at IS NOT NULL, NOT ${IS_ASKED}, x.expires_at, x.id LIMIT ${LIMIT}`,
    [scope.personId, scope.userId, params.state, params.risk, params.q.replace(/[\\%_]/g, "\\$&"), params.show, userIdOf(viewer.actor)],
  );
  const rows = found.map((row) => rowOf(row, viewer));
  return params.show === "waiting" ? rows.filter(({ waitsForMe }) => waitsForMe) : rows;
}

export async function exceptionTotals(scope: ExceptionScope): Promise<ExceptionTotals> {
  const [row] = await reader.rows<ExceptionTotals>(
    `SELECT count(*) FILTER (WHERE x.ended_at IS NULL)::int AS open, count(*) FILTER (WHERE x.ended_at IS NULL AND ${IS_ASKED})::int AS waiting,
       count(*) FILTER (WHERE ${IN_FORCE})::int AS active, count(*) FILTER (WHERE ${IS_EXPIRING})::int AS expiring,
       count(*) FILTER (WHERE x.state = 'SUSPENDED')::int AS suspended ${FROM} WHERE ${SEES}`,
    [scope.personId, scope.userId],
  );
  return row ?? { open: 0, waiting: 0, active: 0, expiring: 0, suspended: 0 };
}

/** What waits for this person's approval, and what they asked for, approved or answer for that ends within 30 days without a renewal. */
export async function exceptionInbox(viewer: Viewer): Promise<ExceptionInbox> {
  const asked = await reader.rows<ExceptionRecord>(`SELECT ${RECORD} FROM exceptions x WHERE x.ended_at IS NULL AND ${IS_ASKED}`);
  const who = standing(viewer);
  const [mine] = await reader.rows<{ count: number }>(
    `SELECT count(*)::int AS count ${FROM} WHERE ${IS_EXPIRING} AND x.renewal_user_id IS NULL
       AND ($2::uuid = x.requester_user_id OR $1::uuid IN (x.requester_id, x.control_owner_id, o.owner_id)
         OR EXISTS (SELECT FROM exception_approvals v WHERE v.exception_id = x.id AND v.person_id = $1::uuid))`,
    [personIdOf(viewer.actor), userIdOf(viewer.actor)],
  );
  return {
    approvals: asked.filter((row) => approvalRefusals(approvalFacts(row), who, viewer.now).length === 0).length,
    expiring: mine?.count ?? 0,
  };
}

type More = Shown & {
  identityName: string | null;
  entitlementName: string | null;
  meaning: string | null;
  rationale: string;
  control: string;
  controlOwner: string | null;
  controlTest: string;
  controlResult: ExceptionDetail["controlResult"];
  controlTestedAt: string | null;
  resourceOwnerName: string | null;
  renewal: ExceptionDetail["renewal"];
  given: ExceptionDetail["approvals"];
};

export async function getException(scope: ExceptionScope, viewer: Viewer, id: string): Promise<ExceptionDetail | null> {
  const [found] = await reader.rows<ExceptionRecord & More>(
    `SELECT ${RECORD}, ${SHOWN}, (SELECT i.name FROM identities i WHERE i.id = x.identity_id) AS "identityName", e.name AS "entitlementName", e.meaning,
       x.rationale, x.control, x.control_test AS "controlTest", (SELECT p.name FROM people p WHERE p.id = x.control_owner_id) AS "controlOwner",
       x.control_result AS "controlResult", ${instant("x.control_tested_at")} AS "controlTestedAt",
       (SELECT p.name FROM people p WHERE p.id = o.owner_id) AS "resourceOwnerName",
       CASE WHEN x.renewal_user_id IS NOT NULL THEN jsonb_build_object('expiresAt', ${instant("x.renewal_expires_at")}, 'rationale', x.renewal_rationale,
         'requesterName', (SELECT u.display_name FROM app_users u WHERE u.id = x.renewal_user_id)) END AS renewal,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('revision', a.revision, 'step', a.step, 'personName', p.name, 'at', ${instant("a.at")},
           'stepUpMethod', a.step_up_method) ORDER BY a.at, a.id), '[]')
         FROM exception_approvals a LEFT JOIN people p ON p.id = a.person_id WHERE a.exception_id = x.id) AS given
     ${FROM} WHERE ${SEES} AND x.id = $3::uuid`,
    [scope.personId, scope.userId, id],
  );
  if (!found) return null;
  const facts = approvalFacts(found);
  const row = rowOf(found, viewer);
  return {
    ...row,
    revision: found.revision,
    rationale: found.rationale,
    control: found.control,
    controlOwner: found.controlOwner,
    controlOwnerId: found.controlOwnerId,
    controlTest: found.controlTest,
    controlResult: found.controlResult,
    controlTestedAt: found.controlTestedAt,
    startsAt: found.startsAt?.toISOString() ?? null,
    suspendedFor: found.suspendedFor,
    identityId: found.identityId,
    entitlementId: found.entitlementId,
    identityName: found.identityName,
    entitlementName: found.entitlementName,
    meaning: found.meaning,
    campaignId: found.campaignId,
    itemId: found.itemId,
    renewal: found.renewal,
    resourceOwnerName: found.resourceOwnerName,
    chain: chainOf(facts),
    approvals: found.given,
    events: await listEvents(id),
    capDays: CAP_DAYS[found.riskClass],
    can: powersOf(found, viewer),
    whyNot: whyNot(found, viewer),
  };
}

/** Newest first. Steps of one transaction may share their instant; the version tells their order. */
async function listEvents(id: string): Promise<ExceptionEventRow[]> {
  return reader.rows<ExceptionEventRow>(
    `SELECT v.id, v.kind, ${instant("v.at")} AS at, u.display_name AS "actorName", v.detail, v.terms
     FROM exception_events v LEFT JOIN app_users u ON u.id = v.actor_id WHERE v.exception_id = $1::uuid ORDER BY v.version DESC, v.at DESC, v.id DESC`,
    [id],
  );
}

/** By the same rules that the commands ask. */
function powersOf(found: ExceptionRecord, viewer: Viewer): ExceptionPowers {
  const { actor } = viewer;
  const who = standing(viewer);
  const isOwn = can(actor, "exception.request") && isAsker(found, who);
  const stands = STANDING_STATES.includes(found.state);
  return {
    approve: can(actor, "exception.approve") && approvalRefusals(approvalFacts(found), who, viewer.now).length === 0,
    change: isOwn && found.state === "CHANGES_REQUESTED",
    withdraw: isOwn && (PENDING_STATES.includes(found.state) || found.isRenewalPending),
    renew: can(actor, "exception.request") && found.state === "ACTIVE" && !found.isRenewalPending && mayRenew(found, who),
    recordTest: can(actor, "exception.record_test") && stands && mayRecordTest(found, who, "failed"),
    revoke: can(actor, "exception.revoke") && stands && mayRevoke(found, who),
  };
}

/** Told to those whose role approves exceptions, or who own the resource: why this one is not theirs. */
function whyNot(found: ExceptionRecord, viewer: Viewer): string[] {
  const who = standing(viewer);
  const facts = approvalFacts(found);
  const mightExpect = who.mayApproveAny || (who.personId !== null && who.personId === found.resourceOwnerId);
  if (!mightExpect || nextStep(facts) === null) return [];
  return approvalRefusals(facts, who, viewer.now).map(approvalText);
}
