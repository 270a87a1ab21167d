-- What a reviewer's row tells (whether the person left, the decision before this one, what an entitlement gained and lost since), and second
-- looks at decisions that were made suspiciously fast. Every column added has no default, so no row is rewritten; items of campaigns frozen
-- before stay without these facts and say that they are unknown. Adding columns locks items for an instant.

-- The frozen columns get a trigger of their own: the one that is there names what was frozen before.
ALTER TABLE "items" ADD COLUMN "person_status" TEXT,
  ADD COLUMN "last_campaign_id" UUID,
  ADD COLUMN "last_decision_id" UUID,
  ADD COLUMN "conflict_keys" TEXT[];
CREATE TRIGGER "items_frozen_context" BEFORE UPDATE OF "person_status", "last_campaign_id", "last_decision_id", "conflict_keys"
  ON "items" FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE "population_changes" (
    "campaign_id" UUID NOT NULL,
    "entitlement_id" UUID NOT NULL,
    "was_digest" TEXT NOT NULL,
    "was_meaning" TEXT,
    "added" TEXT[],
    "removed" TEXT[],

    CONSTRAINT "population_changes_pkey" PRIMARY KEY ("campaign_id","entitlement_id")
);

CREATE TABLE "second_looks" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "campaign_id" UUID NOT NULL,
    "item_id" UUID NOT NULL,
    "decision_id" UUID NOT NULL,
    "first_reviewer_id" UUID NOT NULL,
    "reviewer_id" UUID NOT NULL,
    "reasons" TEXT[],
    "rule_version" INTEGER NOT NULL,
    "seed" TEXT NOT NULL,
    "drawn_by" UUID NOT NULL,
    "drawn_at" TIMESTAMPTZ(3) NOT NULL,
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "second_looks_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "second_looks_other_person_check" CHECK ("reviewer_id" <> "first_reviewer_id")
);

CREATE TABLE "second_look_answers" (
    "look_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "answer" TEXT NOT NULL,
    "agrees" BOOLEAN NOT NULL,
    "rationale" TEXT,
    "seconds" INTEGER,
    "answered_at" TIMESTAMPTZ(3) NOT NULL,
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "second_look_answers_pkey" PRIMARY KEY ("look_id"),
    CONSTRAINT "second_look_answers_answer_check" CHECK ("answer" IN ('keep', 'revoke')),
    CONSTRAINT "second_look_answers_rationale_check" CHECK ("agrees" OR "rationale" IS NOT NULL)
);

CREATE UNIQUE INDEX "second_looks_campaign_id_decision_id_reviewer_id_key" ON "second_looks"("campaign_id", "decision_id", "reviewer_id");
CREATE INDEX "second_looks_reviewer_id_idx" ON "second_looks"("reviewer_id");
ALTER TABLE "second_looks" ADD CONSTRAINT "second_looks_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "second_look_answers" ADD CONSTRAINT "second_look_answers_look_id_fkey" FOREIGN KEY ("look_id") REFERENCES "second_looks"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TRIGGER "append_only" BEFORE UPDATE ON "population_changes" FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE "population_changes" ENABLE ALWAYS TRIGGER "append_only";
DO $each$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['second_looks', 'second_look_answers'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only_truncate', name);
  END LOOP;
END $each$;

-- A discarded population takes what was worked out for it along: once before the first freeze, else when its partition is dropped anew.
CREATE FUNCTION discard_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM population_changes WHERE campaign_id = OLD.campaign_id;
  RETURN OLD;
END $$;
CREATE TRIGGER "populations_changes" AFTER DELETE ON "populations" FOR EACH ROW EXECUTE FUNCTION discard_changes();

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT ON population_changes, second_looks, second_look_answers TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON population_changes, second_looks, second_look_answers TO %I', db || '_reader');
  END IF;
END $grant$;
