-- Campaigns with a plan (rounds, chains, silence, reminders), items of other kinds than grants, answers that fit machines, outcomes by
-- silence, and tasks that no reviewer's decision stands behind. Every column added has a constant default or none, so no row is rewritten;
-- the widened checks read items, decisions and remediations once under a lock that answers wait for: some seconds per ten million rows.

ALTER TABLE "campaigns" ADD COLUMN "plan" JSONB NOT NULL DEFAULT '{}',
  ADD COLUMN "round" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "template_id" UUID,
  ADD COLUMN "cycle_at" TIMESTAMPTZ(3),
  ADD COLUMN "cause" TEXT,
  ADD COLUMN "archived_at" TIMESTAMPTZ(3);
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_round_check" CHECK ("round" >= 1);

DROP TRIGGER "items_frozen" ON "items";
ALTER TABLE "items" ADD COLUMN "subject_id" UUID,
  ADD COLUMN "carried_cycles" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "peers_holding" INTEGER,
  ADD COLUMN "peers_total" INTEGER,
  ADD COLUMN "conflicts" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "round" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "terms" JSONB,
  ADD COLUMN "escalations" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "items" ALTER COLUMN "grant_id" DROP NOT NULL, ALTER COLUMN "entitlement_id" DROP NOT NULL;
ALTER TABLE "items" DROP CONSTRAINT "items_answer_check", DROP CONSTRAINT "items_outcome_check",
  ADD CONSTRAINT "items_kind_check" CHECK ("kind" IN ('grant', 'credential', 'trust', 'identity', 'chain')),
  ADD CONSTRAINT "items_subject_check" CHECK ("kind" <> 'grant' OR "grant_id" IS NOT NULL AND "entitlement_id" IS NOT NULL),
  ADD CONSTRAINT "items_answer_check" CHECK ("answer" IN ('keep', 'revoke', 'abstain', 'exception_requested', 'reduce', 'time_limit',
    'rotate', 'shorten', 'federate', 'narrow', 'split', 're_own', 'retire')),
  ADD CONSTRAINT "items_outcome_check" CHECK ("outcome" IN ('KEEP', 'REVOKE', 'REDUCE', 'TIME_LIMIT', 'MACHINE_ACTION', 'SUSPEND', 'ABSTAIN',
    'EXCEPTION_REQUESTED', 'UNANSWERED'));
CREATE TRIGGER "items_frozen" BEFORE UPDATE OF "campaign_id", "id", "kind", "source_id", "grant_id", "identity_id", "entitlement_id", "resource_id",
  "person_id", "source_name", "identity_name", "identity_external_id", "identity_class", "identity_status", "person_name", "person_title",
  "department", "owner_name", "entitlement_name", "entitlement_external_id", "entitlement_digest", "meaning", "resource_name", "resource_class",
  "environment", "sensitivity", "privileged", "reach_count", "also_held_by", "started_kind", "started_at", "expires_kind", "expires_at",
  "last_used_kind", "last_used_at", "granted_by", "opened_run_id", "observed_run_id", "factors", "risk_class", "risk_reasons", "change",
  "last_outcome", "first_reviewer_id", "reviewer_rule", "passed_over", "order_key", "follows_item_id", "follows_campaign_id", "subject_id",
  "carried_cycles", "peers_holding", "peers_total", "conflicts"
  ON "items" FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE "decisions" ADD COLUMN "terms" JSONB,
  ADD COLUMN "round" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "suggestion" JSONB;
ALTER TABLE "decisions" DROP CONSTRAINT "decisions_answer_check",
  ADD CONSTRAINT "decisions_answer_check" CHECK ("answer" IN ('keep', 'revoke', 'abstain', 'exception_requested', 'reduce', 'time_limit',
    'rotate', 'shorten', 'federate', 'narrow', 'split', 're_own', 'retire', 'withdrawn'));

ALTER TABLE "remediations" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'revoke',
  ADD COLUMN "terms" JSONB,
  ADD COLUMN "subject_id" UUID,
  ADD COLUMN "not_before" TIMESTAMPTZ(3);
ALTER TABLE "remediations" ALTER COLUMN "decision_id" DROP NOT NULL, ALTER COLUMN "decided_by" DROP NOT NULL,
  ALTER COLUMN "grant_id" DROP NOT NULL, ALTER COLUMN "entitlement_id" DROP NOT NULL,
  ADD CONSTRAINT "remediations_kind_check" CHECK ("kind" IN ('revoke', 'reduce', 'time_limit', 'suspend', 'rotate', 'shorten', 'federate', 'narrow',
    'split', 're_own', 'retire')),
  ADD CONSTRAINT "remediations_decider_check" CHECK (("decision_id" IS NULL) = ("decided_by" IS NULL));
-- What silence decided has no decision behind it: one task an item.
CREATE UNIQUE INDEX "remediations_silence_key" ON "remediations" ("campaign_id", "item_id") WHERE "decision_id" IS NULL;
