import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { CAMPAIGN_JOINS, CAMPAIGN_ROW, expectedMinutes } from "./campaign-row.sql.ts";
import type {
  BySilence,
  CampaignPage,
  CampaignRequest,
  CampaignRow,
  ChecklistRow,
  LedgerRow,
  ReviewerRow,
  RiskRow,
  RoundRow,
} from "./campaign-types.ts";
import { countSilence, forecastSilence } from "./closing.sql.ts";
import { readComparison } from "./comparison.sql.ts";
import { listDelegationsOf } from "./delegation.sql.ts";
import { PEOPLE } from "./freeze.sql.ts";
import { instantSql } from "./item-rows.sql.ts";
import { closeGuards, launchGuards, signOffGuards } from "./lifecycle.ts";
import { planOf } from "./plan.ts";
import { readPopulationAccount } from "./population-account.sql.ts";
import { readLookFacts, readQuality } from "./quality.sql.ts";
import { secondLookGuards } from "./quality.ts";
import { roundEnd } from "./rounds.ts";
import { listLooks } from "./second-looks.sql.ts";
import { readSinceFreeze } from "./since-freeze.sql.ts";
import { closeFacts, countStanding, launchFacts, signOffFacts } from "./standing.sql.ts";
import type { VoidReason } from "./types.ts";

type Head = Omit<
  CampaignPage,
  | "reviewerRows"
  | "riskRows"
  | "rounds"
  | "silence"
  | "delegations"
  | "quality"
  | "secondLooks"
  | "comparison"
  | "checklist"
  | "ledger"
  | "voided"
  | "sinceFreeze"
  | "account"
  | "requests"
  | "expectedMinutes"
>;

/** A campaign as its owner sees it; a reviewer gets what is theirs: the head, and themselves as the only reviewer. */
export async function getCampaign(scope: CampaignScope, campaignId: string): Promise<CampaignPage | null> {
  const head = await readHead(scope, campaignId);
  if (!head) return null;
  if (scope.reviewerId !== null) {
    const reviewerRows = await readReviewers(campaignId, scope.reviewerId);
    return {
      ...head,
      reviewerRows,
      riskRows: [],
      rounds: [],
      silence: null,
      delegations: [],
      quality: [],
      secondLooks: [],
      comparison: null,
      checklist: [],
      ledger: [],
      voided: [],
      sinceFreeze: null,
      account: null,
      requests: [],
      expectedMinutes: null,
    };
  }
  const [reviewerRows, riskRows, rounds, silence, delegations, checklist, ledger, voided, sinceFreeze, account, requests] =
    await Promise.all([
      readReviewers(campaignId, null),
      readRisks(campaignId),
      readRounds(head),
      readSilence(head),
      listDelegationsOf(reader, campaignId),
      readChecklist(head),
      readLedger(campaignId),
      readVoided(campaignId),
      readSinceFreeze(campaignId),
      readPopulationAccount(campaignId),
      readRequests(campaignId),
    ]);
  const [quality, secondLooks, comparison] = await Promise.all([
    readQuality(reader, campaignId),
    listLooks(campaignId),
    readComparison(campaignId, account?.previous ?? null),
  ]);
  const open = riskRows.reduce((sum, row) => sum + row.open, 0);
  return {
    ...head,
    reviewerRows,
    riskRows,
    rounds,
    silence,
    delegations,
    quality,
    secondLooks,
    comparison,
    checklist,
    ledger,
    voided,
    sinceFreeze,
    account,
    requests,
    expectedMinutes: await expectedMinutes(open),
  };
}

async function readHead(scope: CampaignScope, campaignId: string): Promise<Head | null> {
  type Raw = CampaignRow & Omit<Head, "population" | "signOff"> & { population: Head["population"]; signOff: Head["signOff"] };
  const [row] = await reader.rows<Raw>(
    `SELECT ${CAMPAIGN_ROW}, c.instructions, c.instructions_version AS "instructionsVersion", c.scope, c.fallback_person_id AS "fallbackPersonId",
       (SELECT name FROM people WHERE id = c.fallback_person_id) AS "fallbackName", c.policy_digest AS "policyDigest", c.watch_days AS "watchDays",
       ${instantSql("c.staged_at")} AS "stagedAt", ${instantSql("c.closing_at")} AS "closingAt", ${instantSql("c.ended_at")} AS "endedAt", c.parent_id AS "parentId", c.plan, c.round,
       coalesce(c.blocked_by, '[]') AS blocks,
       CASE WHEN n.campaign_id IS NOT NULL THEN jsonb_build_object('manifestDigest', n.manifest_digest, 'signature', n.signature, 'keyId', n.key_id,
         'frozenAt', ${instantSql("n.frozen_at")}, 'itemCount', n.item_count) END AS population,
       (SELECT jsonb_build_object('userId', s.user_id, 'userName', v.display_name, 'digest', s.digest, 'signedAt', ${instantSql("s.signed_at")},
          'stepUpMethod', s.step_up_method, 'counts', s.counts) FROM sign_offs s LEFT JOIN app_users v ON v.id = s.user_id WHERE s.campaign_id = c.id) AS "signOff"
     FROM campaigns c ${CAMPAIGN_JOINS}
     WHERE c.id = $1::uuid AND ($2::uuid IS NULL OR (c.launched_at IS NOT NULL AND EXISTS (SELECT FROM items i WHERE i.campaign_id = c.id AND i.reviewer_id = $2::uuid)))`,
    [campaignId, scope.reviewerId],
  );
  return row ? { ...row, plan: planOf(row.plan) } : null;
}

async function readRounds({ id, plan, round, dueAt }: Head): Promise<RoundRow[]> {
  const rows =
    plan.rounds.length === 1
      ? []
      : await reader.rows<{ round: number; answered: number; open: number }>(
          `SELECT round, sum(answered)::int AS answered, sum(open)::int AS open FROM (
       SELECT round, count(*) FILTER (WHERE state IN ('SUBMITTED', 'DECIDED', 'FINAL') AND decision_id IS NOT NULL) AS answered,
         count(*) FILTER (WHERE state IN ('UNASSIGNED', 'ASSIGNED', 'DRAFTED')) AS open
       FROM items i WHERE campaign_id = $1::uuid AND NOT EXISTS (SELECT FROM round_answers r WHERE r.campaign_id = i.campaign_id AND r.item_id = i.id AND r.round = i.round) GROUP BY 1
       UNION ALL SELECT round, count(*), 0 FROM round_answers WHERE campaign_id = $1::uuid GROUP BY 1) k GROUP BY 1`,
          [id],
        );
  return plan.rounds.map(({ name }, at) => {
    const number = at + 1;
    const counts = rows.find((row) => row.round === number);
    return {
      number,
      name,
      endsAt: roundEnd(plan, number, new Date(dueAt))?.toISOString() ?? null,
      answered: counts?.answered ?? 0,
      open: number === round ? (counts?.open ?? 0) : 0,
    };
  });
}

async function readSilence(head: Head): Promise<BySilence | null> {
  if (head.launchedAt === null) return null;
  if (head.state === "ACTIVE" || head.state === "PAUSED") return forecastSilence(reader, head);
  return countSilence(reader, head.id);
}

async function readReviewers(campaignId: string, onlyPersonId: string | null): Promise<ReviewerRow[]> {
  return reader.rows<ReviewerRow>(
    `SELECT k.reviewer_id AS "personId", p.name, p.title, coalesce(p.standing IS NULL, false) AS "isEligible",
       EXISTS (SELECT FROM app_users u WHERE u.person_id = k.reviewer_id AND u.disabled_at IS NULL) AS "hasSignIn",
       k.items, k.answered, k.submitted, coalesce(d.late, 0) AS late, ${instantSql("d.last")} AS "lastDecidedAt"
     FROM (SELECT i.reviewer_id, count(*)::int AS items, count(*) FILTER (WHERE i.state NOT IN ('UNASSIGNED', 'ASSIGNED') AND coalesce(i.outcome, '') <> 'UNANSWERED')::int AS answered,
         count(*) FILTER (WHERE i.state IN ('SUBMITTED', 'DECIDED', 'FINAL') AND coalesce(i.outcome, '') <> 'UNANSWERED')::int AS submitted
       FROM items i WHERE i.campaign_id = $1::uuid AND i.state <> 'VOIDED' AND ($2::uuid IS NULL OR i.reviewer_id = $2::uuid) GROUP BY 1) k
     LEFT JOIN (${PEOPLE}) p ON p.id = k.reviewer_id
     LEFT JOIN (SELECT reviewer_id, count(DISTINCT item_id) FILTER (WHERE is_late)::int AS late, max(decided_at) AS last FROM decisions
       WHERE campaign_id = $1::uuid GROUP BY 1) d ON d.reviewer_id = k.reviewer_id
     ORDER BY k.reviewer_id IS NULL DESC, k.items - k.answered DESC, p.name COLLATE "C", k.reviewer_id`,
    [campaignId, onlyPersonId],
  );
}

async function readRisks(campaignId: string): Promise<RiskRow[]> {
  return reader.rows<RiskRow>(
    `SELECT risk_class AS "riskClass", count(*)::int AS items, count(*) FILTER (WHERE answer = 'keep')::int AS keep,
       count(*) FILTER (WHERE answer = 'revoke')::int AS revoke, count(*) FILTER (WHERE answer = 'abstain')::int AS abstain,
       count(*) FILTER (WHERE answer = 'exception_requested')::int AS "exceptionRequested", count(*) FILTER (WHERE terms IS NOT NULL)::int AS termed,
       count(*) FILTER (WHERE state IN ('UNASSIGNED', 'ASSIGNED'))::int AS open
     FROM items WHERE campaign_id = $1::uuid AND state <> 'VOIDED' GROUP BY 1
     ORDER BY array_position(ARRAY['critical', 'high', 'ordinary', 'low'], risk_class)`,
    [campaignId],
  );
}

async function readChecklist(head: Head): Promise<ChecklistRow[]> {
  if (head.state !== "STAGED" && head.state !== "ACTIVE" && head.state !== "CLOSING") return [];
  const counts = await countStanding(reader, head.id);
  const due = new Date(head.dueAt);
  const now = new Date();
  if (head.state === "ACTIVE") return closeGuards(closeFacts(counts, { dueAt: due, plan: head.plan, round: head.round }, now));
  if (head.state === "CLOSING") return [...signOffGuards(signOffFacts(counts)), ...secondLookGuards(await readLookFacts(reader, head.id))];
  const signIns = counts.withoutSignIn;
  const told = {
    code: "every_reviewer_can_sign_in",
    isMet: signIns === 0,
    text: `${signIns} of ${counts.reviewers} reviewers have no user here yet: they cannot answer until one is linked. A launch does not wait for it.`,
  };
  return [...launchGuards(launchFacts(counts, due, now)), ...(signIns > 0 ? [told] : [])];
}

/** How the population came about, source by source: from the signed manifest once there is one, else as the sources stand. */
async function readLedger(campaignId: string): Promise<LedgerRow[]> {
  const rows = await reader.rows<{ manifest: string | null }>(`SELECT manifest FROM populations WHERE campaign_id = $1::uuid`, [
    campaignId,
  ]);
  const manifest = rows[0]?.manifest;
  if (!manifest) return [];
  type Run = {
    id: string;
    product: string | null;
    account: string | null;
    endpoint: string | null;
    observed_at: string | null;
    finished_at: string | null;
    streams: LedgerRow["streams"];
  };
  const { sources } = JSON.parse(manifest) as {
    sources: { id: string; name: string; connector: string; items: number; run: Run | null }[];
  };
  return sources.map(({ id, name, connector, items, run }) => ({
    sourceId: id,
    sourceName: name,
    connector,
    product: run?.product ?? null,
    account: run?.account ?? null,
    endpoint: run?.endpoint ?? null,
    runId: run?.id ?? null,
    observedAt: run?.observed_at ?? null,
    finishedAt: run?.finished_at ?? null,
    streams:
      run?.streams.map(({ stream, declared, read, kept, excluded, rejected, pages }) => ({
        stream,
        declared,
        read,
        kept,
        excluded,
        rejected,
        pages,
      })) ?? [],
    items,
  }));
}

async function readVoided(campaignId: string): Promise<{ reason: VoidReason; items: number }[]> {
  return reader.rows(
    `SELECT void_reason AS reason, count(*)::int AS items FROM items WHERE campaign_id = $1::uuid AND state = 'VOIDED' GROUP BY 1 ORDER BY 1`,
    [campaignId],
  );
}

/** Requests of a campaign, and of its items, that wait for a second person. */
async function readRequests(campaignId: string): Promise<CampaignRequest[]> {
  return reader.rows<CampaignRequest>(
    `SELECT r.id, r.action, r.reason, r.requested_by AS "requestedBy", u.display_name AS "requestedByName", ${instantSql("r.requested_at")} AS "requestedAt",
       ${instantSql("r.expires_at")} AS "expiresAt", p.name AS "personName", r.input ->> 'dueAt' AS "dueAt",
       (SELECT jsonb_build_object('id', i.id, 'label', i.identity_name || ': ' || i.entitlement_name) FROM items i
          WHERE i.campaign_id = $1::uuid AND i.id::text = r.subject_id AND r.subject_kind = 'campaign_item') AS item
     FROM second_person_requests r LEFT JOIN app_users u ON u.id = r.requested_by LEFT JOIN people p ON p.id = (r.input ->> 'personId')::uuid
     WHERE (r.subject_kind = 'campaign' AND r.subject_id = $1::text OR r.subject_kind = 'campaign_item' AND r.input ->> 'campaignId' = $1::text)
       AND r.state = 'pending' AND r.expires_at > now() ORDER BY r.requested_at, r.id`,
    [campaignId],
  );
}
