-- The review path tells on each item how it stands against the last review, keeps what an entitlement reached at the freeze once per
-- campaign instead of once per item, and remembers since when a campaign is paused. No items exist yet, so nothing is backfilled and
-- the added columns lock nothing that matters.

ALTER TABLE "campaigns" ADD COLUMN "paused_at" TIMESTAMPTZ(3);

ALTER TABLE "items" ADD COLUMN "change" TEXT NOT NULL DEFAULT 'first_review',
  ADD COLUMN "last_outcome" TEXT;
ALTER TABLE "items" ADD CONSTRAINT "items_change_check" CHECK ("change" IN ('first_review', 'new', 'changed', 'unchanged'));

CREATE TABLE "population_reaches" (
    "campaign_id" UUID NOT NULL,
    "entitlement_id" UUID NOT NULL,
    "reaches" JSONB NOT NULL,

    CONSTRAINT "population_reaches_pkey" PRIMARY KEY ("campaign_id","entitlement_id")
);

-- Trigger functions cannot be told a column list by ALTER; the frozen ones are named anew with the two added.
DROP TRIGGER "items_frozen" ON "items";
CREATE TRIGGER "items_frozen" BEFORE UPDATE OF "campaign_id", "id", "kind", "source_id", "grant_id", "identity_id", "entitlement_id", "resource_id",
  "person_id", "source_name", "identity_name", "identity_external_id", "identity_class", "identity_status", "person_name", "person_title",
  "department", "owner_name", "entitlement_name", "entitlement_external_id", "entitlement_digest", "meaning", "resource_name", "resource_class",
  "environment", "sensitivity", "privileged", "reaches", "reach_count", "also_held_by", "started_kind", "started_at", "expires_kind", "expires_at",
  "last_used_kind", "last_used_at", "granted_by", "opened_run_id", "observed_run_id", "factors", "risk_class", "risk_reasons", "change",
  "last_outcome", "first_reviewer_id", "reviewer_rule", "passed_over", "order_key", "follows_item_id", "follows_campaign_id"
  ON "items" FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Frozen with the population: written once, gone only with a population that was never launched.
CREATE TRIGGER "append_only" BEFORE UPDATE ON "population_reaches" FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE "population_reaches" ENABLE ALWAYS TRIGGER "append_only";

CREATE OR REPLACE FUNCTION discard_population(campaign uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM campaigns WHERE id = campaign AND launched_at IS NULL) THEN RAISE EXCEPTION 'the campaign was launched'; END IF;
  EXECUTE format('DROP TABLE IF EXISTS %I', partition_name('items', campaign));
  DELETE FROM population_reaches WHERE campaign_id = campaign;
  DELETE FROM populations WHERE campaign_id = campaign;
END $$;

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT ON population_reaches TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON population_reaches TO %I', db || '_reader');
  END IF;
END $grant$;
