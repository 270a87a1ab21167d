-- What an entitlement reaches is the same for all of its items: it is kept in population_reaches alone, which halves the width of an item
-- and the time of a freeze. No items exist yet; the drop only touches the catalogue.

DROP TRIGGER "items_frozen" ON "items";
ALTER TABLE "items" DROP COLUMN "reaches";
CREATE TRIGGER "items_frozen" BEFORE UPDATE OF "campaign_id", "id", "kind", "source_id", "grant_id", "identity_id", "entitlement_id", "resource_id",
  "person_id", "source_name", "identity_name", "identity_external_id", "identity_class", "identity_status", "person_name", "person_title",
  "department", "owner_name", "entitlement_name", "entitlement_external_id", "entitlement_digest", "meaning", "resource_name", "resource_class",
  "environment", "sensitivity", "privileged", "reach_count", "also_held_by", "started_kind", "started_at", "expires_kind", "expires_at",
  "last_used_kind", "last_used_at", "granted_by", "opened_run_id", "observed_run_id", "factors", "risk_class", "risk_reasons", "change",
  "last_outcome", "first_reviewer_id", "reviewer_rule", "passed_over", "order_key", "follows_item_id", "follows_campaign_id"
  ON "items" FOR EACH ROW EXECUTE FUNCTION refuse_change();
