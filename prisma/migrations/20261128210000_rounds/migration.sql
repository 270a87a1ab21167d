-- Rounds: what counted in one that is over. Out-of-office delegations, and whom a reviewer stood in for. Overrides of independence by two
-- people. An archived campaign is locked. New columns have no default, so no row is rewritten; the checks read no existing row.

ALTER TABLE "campaigns" ADD COLUMN "escalated_at" TIMESTAMPTZ(3);
ALTER TABLE "items" ADD COLUMN "on_behalf_of" UUID;
ALTER TABLE "decisions" ADD COLUMN "on_behalf_of" UUID;
-- Handed on to nobody: a round, or a circle, that leaves no eligible reviewer.
ALTER TABLE "assignments" ALTER COLUMN "to_id" DROP NOT NULL;

CREATE TABLE "round_answers" (
  "campaign_id" UUID NOT NULL,
  "item_id" UUID NOT NULL,
  "round" INTEGER NOT NULL,
  "reviewer_id" UUID NOT NULL,
  "decision_id" UUID NOT NULL,
  "answer" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,
  CONSTRAINT "round_answers_pkey" PRIMARY KEY ("campaign_id", "item_id", "round"),
  CONSTRAINT "round_answers_round_check" CHECK ("round" >= 1)
);
ALTER TABLE "round_answers" ADD CONSTRAINT "round_answers_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "independence_overrides" (
  "id" UUID NOT NULL DEFAULT uuid7(),
  "campaign_id" UUID NOT NULL,
  "item_id" UUID NOT NULL,
  "person_id" UUID NOT NULL,
  "reasons" TEXT[],
  "request_id" UUID NOT NULL,
  "requested_by" UUID NOT NULL,
  "confirmed_by" UUID NOT NULL,
  "reason" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,
  CONSTRAINT "independence_overrides_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "independence_overrides_people_check" CHECK ("requested_by" <> "confirmed_by"),
  CONSTRAINT "independence_overrides_self_check" CHECK (NOT 'self' = ANY ("reasons"))
);
CREATE UNIQUE INDEX "independence_overrides_request_id_item_id_key" ON "independence_overrides" ("request_id", "item_id");
CREATE INDEX "independence_overrides_campaign_id_item_id_idx" ON "independence_overrides" ("campaign_id", "item_id");
ALTER TABLE "independence_overrides" ADD CONSTRAINT "independence_overrides_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "delegations" (
  "id" UUID NOT NULL DEFAULT uuid7(),
  "person_id" UUID NOT NULL,
  "to_person_id" UUID NOT NULL,
  "starts_at" TIMESTAMPTZ(3) NOT NULL,
  "ends_at" TIMESTAMPTZ(3) NOT NULL,
  "reason" TEXT NOT NULL,
  "user_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "revoked_at" TIMESTAMPTZ(3),
  CONSTRAINT "delegations_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "delegations_people_check" CHECK ("person_id" <> "to_person_id"),
  CONSTRAINT "delegations_dates_check" CHECK ("starts_at" < "ends_at")
);
CREATE INDEX "delegations_person_id_ends_at_idx" ON "delegations" ("person_id", "ends_at");

-- What silence decides is said of nothing that somebody decided, and nothing but silence suspends.
ALTER TABLE "items" ADD CONSTRAINT "items_suspend_check" CHECK ("outcome" <> 'SUSPEND' OR "decision_id" IS NULL) NOT VALID;

DO $each$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['round_answers', 'independence_overrides'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only_truncate', name);
  END LOOP;
END $each$;

-- A delegation ends once, and is otherwise as it was set.
CREATE TRIGGER "delegations_frozen" BEFORE UPDATE OF "id", "person_id", "to_person_id", "starts_at", "ends_at", "reason", "user_id", "created_at"
  ON "delegations" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "delegations_ended" BEFORE UPDATE ON "delegations" FOR EACH ROW WHEN (OLD."revoked_at" IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "delegations_kept" BEFORE DELETE ON "delegations" FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The retention lock: an archived campaign changes no more, by nobody.
CREATE TRIGGER "campaigns_archived" BEFORE UPDATE OR DELETE ON "campaigns" FOR EACH ROW WHEN (OLD."state" = 'ARCHIVED') EXECUTE FUNCTION refuse_change();
ALTER TABLE "campaigns" ENABLE ALWAYS TRIGGER "campaigns_archived";

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT ON round_answers, independence_overrides TO %I', db || '_app');
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON delegations TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON round_answers, independence_overrides, delegations TO %I', db || '_reader');
  END IF;
END $grant$;
