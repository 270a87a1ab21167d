import "server-only";
import type { Actor } from "#lib/authz/actor.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { ExceptionTerms } from "#lib/exceptions/schema.ts";
import type { RiskClass } from "#lib/policy/risk.ts";
import type { AnswerTerms } from "./answer-terms.ts";
import type { UnderReview } from "./answers.ts";
import type { DecisionFacts } from "./rules.ts";
import { CHAIN_WAY } from "./subject.sql.ts";
import { SUGGESTION_FACTS, SUGGESTION_KEY } from "./suggestion.sql.ts";
import { type Suggestion, type SuggestionFacts, suggestionFor } from "./suggestion.ts";
import type { Answer } from "./types.ts";

/** The hot statements of a decision: named, so that each connection plans them once. */

export type ItemToDecide = DecisionFacts & {
  label: string;
  riskClass: RiskClass;
  dueAt: Date;
  reviewerStanding: "left" | "disabled" | null;
  answer: Answer | null;
  suggestion: Suggestion;
  /** Of the answer that is about to be written, so that its audit event can be written at the same time. */
  decisionId: string;
};

/**
 * Joins the campaign's answering (shared lock) and reads what the rule needs. The read may be older than the lock; what counts is checked
 * again by the write, which looks after it. Outside a transaction it would lock and change nothing.
 */
export async function readItemToDecide(tx: Tx, campaignId: string, itemId: string, personId: string | null): Promise<ItemToDecide | null> {
  const [row] = await tx.rows<
    Omit<ItemToDecide, "subjectIds" | "suggestion" | "suggested"> & {
      frozenSubject: string | null;
      liveSubject: string | null;
      judged: SuggestionFacts;
    }
  >(
    `WITH joined AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(hashtextextended('decisions:' || $1::text, 0)))
     SELECT c.state::text AS "campaignState", i.state::text AS "itemState", i.version, i.reviewer_id AS "reviewerId", i.person_id AS "frozenSubject",
       x.person_id AS "liveSubject", i.kind, i.identity_class AS "identityClass", ${CHAIN_WAY} AS way, i.privileged, i.risk_class AS "riskClass", i.answer, coalesce(i.due_at, c.due_at) AS "dueAt", i.identity_name || ': ' || i.entitlement_name AS label,
       ${SUGGESTION_FACTS} AS judged,
       (SELECT CASE WHEN p.status = 'left' OR p.gone_at IS NOT NULL OR p.ended_on < current_date THEN 'left' END FROM people p WHERE p.id = $3::uuid) AS "reviewerStanding",
       uuid7() AS "decisionId"
     FROM joined CROSS JOIN items i JOIN campaigns c ON c.id = i.campaign_id LEFT JOIN identities x ON x.id = i.identity_id
     WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid`,
    [campaignId, itemId, personId],
    { name: "read_item_to_decide", early: true },
  );
  if (!row) return null;
  const { frozenSubject, liveSubject, judged, ...facts } = row;
  const suggestion = suggestionFor(judged);
  return { ...facts, subjectIds: [frozenSubject, liveSubject], suggestion, suggested: suggestion.answer };
}

/** Still undecided by anyone else, still this reviewer's, still nobody's own: as a condition on items i and campaigns c. */
export const MAY_BE_ANSWERED = `i.reviewer_id = $3::uuid AND i.state IN ('ASSIGNED', 'DRAFTED') AND i.person_id IS DISTINCT FROM $3::uuid
  AND NOT EXISTS (SELECT FROM identities x WHERE x.id = i.identity_id AND x.person_id = $3::uuid) AND c.state IN ('ACTIVE', 'CLOSING')`;

export type Answering = {
  campaignId: string;
  personId: string;
  actor: Extract<Actor, { kind: "user" }>;
  answer: Answer | "withdrawn";
  rationale: string | null;
  now: Date;
  isLate: boolean;
  seconds: number | null;
  evidenceViewed: boolean;
  /** What is asked for, where the answer is to ask for an exception. */
  exceptionTerms?: ExceptionTerms | null;
  /** What exactly is asked for, where the answer says so. Never of many items at once. */
  terms?: AnswerTerms | null;
  /** What was suggested beside the item. */
  suggestion: Suggestion | null;
};

const ITEM_AFTER = `state = CASE WHEN $4::text = 'withdrawn' THEN 'ASSIGNED' ELSE 'DRAFTED' END::item_state,
  answer = CASE WHEN $4::text <> 'withdrawn' THEN $4::text END, version = i.version + 1`;

/** Compare-and-set on the item and its decision row, in one statement. False means that somebody was faster, or the campaign went on. */
export async function writeAnswer(
  tx: Tx,
  { itemId, version, decisionId }: { itemId: string; version: number; decisionId: string },
  answering: Answering,
): Promise<boolean> {
  const { actor } = answering;
  const written = await tx.rows(
    `WITH written AS (
       UPDATE items i SET ${ITEM_AFTER}, decision_id = CASE WHEN $4::text <> 'withdrawn' THEN $17::uuid END, terms = $15::jsonb
       FROM campaigns c WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid AND i.version = $6::int AND c.id = i.campaign_id AND ${MAY_BE_ANSWERED}
       RETURNING i.round, i.on_behalf_of)
     INSERT INTO decisions (id, campaign_id, item_id, reviewer_id, user_id, answer, rationale, item_version, decided_at, seconds, evidence_viewed,
       batch_size, is_late, authenticated_by, sign_in_id, exception_terms, terms, round, on_behalf_of, suggestion)
     SELECT $17::uuid, $1::uuid, $2::uuid, $3::uuid, $7::uuid, $4::text, $5::text, $6::int, $8::timestamptz, $9::int, $10::boolean, 1, $11::boolean, $12::text,
       $13::uuid, $14::jsonb, $15::jsonb, round, on_behalf_of, $16::jsonb
     FROM written RETURNING 1`,
    [
      answering.campaignId,
      itemId,
      answering.personId,
      answering.answer,
      answering.rationale,
      version,
      actor.userId,
      answering.now,
      answering.seconds,
      answering.evidenceViewed,
      answering.isLate,
      actor.authentication.method,
      actor.signInId,
      answering.exceptionTerms ? JSON.stringify(answering.exceptionTerms) : null,
      answering.terms ? JSON.stringify(answering.terms) : null,
      answering.suggestion && JSON.stringify(answering.suggestion),
      decisionId,
    ],
    { name: "write_answer" },
  );
  return written.length === 1;
}

/**
 * What makes rows alike enough to be answered together, on items i and campaigns c: entitlement (and with it the path), privilege, risk with its
 * reasons, conflicts, whether it is held another way too, last use, what the team holds, and what was decided last. All that a suggestion rests on
 * is among it. No two credentials, trusts, identities or chains are alike.
 */
export const BULK_KEY = `left(md5(coalesce(i.entitlement_id, i.id)::text || ${SUGGESTION_KEY} || array_to_string(i.risk_reasons, ',')
  || array_to_string(i.conflicts, ';') || (cardinality(i.also_held_by) > 0)::text), 12)`;

export type BulkFacts = {
  found: number;
  kinds: number;
  notMine: number;
  own: number;
  closed: number;
  stale: number;
  privileged: number;
  /** Of these kinds and classes. */
  subjects: UnderReview[];
  campaignState: string | null;
  isLate: number;
  /** Of the first of them: where they are of one kind, of all. */
  judged: SuggestionFacts | null;
};

export async function readItemsToDecide(
  tx: Tx,
  campaignId: string,
  items: readonly { itemId: string; version: number }[],
  personId: string,
  now: Date,
): Promise<BulkFacts> {
  const [row] = await tx.rows<BulkFacts>(
    `SELECT count(*)::int AS found, count(DISTINCT ${BULK_KEY})::int AS kinds, count(*) FILTER (WHERE i.reviewer_id IS DISTINCT FROM $4::uuid)::int AS "notMine",
       count(*) FILTER (WHERE i.person_id = $4::uuid OR x.person_id = $4::uuid)::int AS own,
       count(*) FILTER (WHERE i.state NOT IN ('ASSIGNED', 'DRAFTED'))::int AS closed, count(*) FILTER (WHERE i.version <> w.version)::int AS stale,
       count(*) FILTER (WHERE i.privileged = 'yes')::int AS privileged,
       coalesce(jsonb_agg(DISTINCT jsonb_build_object('kind', i.kind, 'identityClass', i.identity_class, 'way', ${CHAIN_WAY})), '[]') AS subjects, min(c.state::text) AS "campaignState",
       count(*) FILTER (WHERE coalesce(i.due_at, c.due_at) < $5::timestamptz)::int AS "isLate",
       min(${SUGGESTION_FACTS}::text) FILTER (WHERE w.id = ($2::uuid[])[1])::jsonb AS judged
     FROM unnest($2::uuid[], $3::int[]) AS w(id, version)
     JOIN items i ON i.campaign_id = $1::uuid AND i.id = w.id JOIN campaigns c ON c.id = i.campaign_id LEFT JOIN identities x ON x.id = i.identity_id`,
    [campaignId, items.map(({ itemId }) => itemId), items.map(({ version }) => version), personId, now],
  );
  if (!row) throw new Error("Counting answered nothing.");
  return row;
}

/** One answer to many items: the rows written, and the SHA-256 over their (item id, decision id) lines in order of item id. */
export async function writeAnswers(
  tx: Tx,
  items: readonly { itemId: string; version: number }[],
  answering: Answering,
): Promise<{ written: number; digest: string }> {
  const { actor } = answering;
  const [row] = await tx.rows<{ written: number; digest: string }>(
    `WITH written AS (
       UPDATE items i SET ${ITEM_AFTER}, decision_id = w.decision_id, terms = NULL
       FROM (SELECT id, version, uuid7() AS decision_id FROM unnest($2::uuid[], $6::int[]) AS given(id, version)) w, campaigns c
       WHERE i.campaign_id = $1::uuid AND i.id = w.id AND i.version = w.version AND c.id = i.campaign_id AND ${MAY_BE_ANSWERED}
       RETURNING i.id, i.version, w.decision_id, i.round, i.on_behalf_of),
     kept AS (
       INSERT INTO decisions (id, campaign_id, item_id, reviewer_id, user_id, answer, rationale, item_version, decided_at, seconds, evidence_viewed,
         batch_size, is_late, authenticated_by, sign_in_id, round, on_behalf_of, suggestion)
       SELECT decision_id, $1::uuid, id, $3::uuid, $7::uuid, $4::text, $5::text, version - 1, $8::timestamptz, $9::int, $10::boolean, cardinality($2::uuid[]),
         $11::boolean, $12::text, $13::uuid, round, on_behalf_of, $14::jsonb FROM written)
     SELECT count(*)::int AS written,
       encode(sha256(convert_to(coalesce(string_agg(id::text || ',' || decision_id::text || E'\\n', '' ORDER BY id), ''), 'UTF8')), 'hex') AS digest
     FROM written`,
    [
      answering.campaignId,
      items.map(({ itemId }) => itemId),
      answering.personId,
      answering.answer,
      answering.rationale,
      items.map(({ version }) => version),
      actor.userId,
      answering.now,
      answering.seconds,
      answering.evidenceViewed,
      answering.isLate,
      actor.authentication.method,
      actor.signInId,
      answering.suggestion && JSON.stringify(answering.suggestion),
    ],
  );
  if (!row) throw new Error("Writing answered nothing.");
  return row;
}
