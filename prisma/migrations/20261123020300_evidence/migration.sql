-- A pack of evidence holds what a checkpoint covers and nothing else, so each row that a pack shows must be tied to the event that its
-- transaction recorded (decision record 0009). Rows remember their transaction by default; nobody writes the column. Older rows, of which
-- no release has any, stay without. Columns with a default set afterwards are not rewritten: the locks last for the catalogue change only.

ALTER TABLE "audit_events" ADD COLUMN "transaction_id" BIGINT;
ALTER TABLE "assignments" ADD COLUMN "transaction_id" BIGINT;
ALTER TABLE "decisions" ADD COLUMN "transaction_id" BIGINT;
ALTER TABLE "submissions" ADD COLUMN "transaction_id" BIGINT;
ALTER TABLE "remediations" ADD COLUMN "transaction_id" BIGINT;
ALTER TABLE "remediation_events" ADD COLUMN "transaction_id" BIGINT;
ALTER TABLE "audit_events" ALTER COLUMN "transaction_id" SET DEFAULT (pg_current_xact_id()::text)::bigint;
ALTER TABLE "assignments" ALTER COLUMN "transaction_id" SET DEFAULT (pg_current_xact_id()::text)::bigint;
ALTER TABLE "decisions" ALTER COLUMN "transaction_id" SET DEFAULT (pg_current_xact_id()::text)::bigint;
ALTER TABLE "submissions" ALTER COLUMN "transaction_id" SET DEFAULT (pg_current_xact_id()::text)::bigint;
ALTER TABLE "remediations" ALTER COLUMN "transaction_id" SET DEFAULT (pg_current_xact_id()::text)::bigint;
ALTER TABLE "remediation_events" ALTER COLUMN "transaction_id" SET DEFAULT (pg_current_xact_id()::text)::bigint;

-- Which transaction planned a remediation is a fact of its beginning.
CREATE TRIGGER "remediations_transaction" BEFORE UPDATE OF "transaction_id" ON "remediations" FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE "evidence_exports" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "campaign_id" UUID NOT NULL,
    "tree_size" BIGINT NOT NULL,
    "requested_by" UUID,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "step" TEXT,
    "rows" BIGINT NOT NULL DEFAULT 0,
    "rows_total" BIGINT,
    "message" TEXT,
    "pack_id" UUID,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "evidence_exports_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "evidence_exports_campaign_id_requested_at_idx" ON "evidence_exports"("campaign_id", "requested_at");
CREATE INDEX "evidence_packs_created_at_idx" ON "evidence_packs"("created_at");
ALTER TABLE "evidence_exports"
  ADD CONSTRAINT "evidence_exports_state_check" CHECK ("state" IN ('waiting', 'building', 'done', 'failed') AND ("state" = 'done') = ("pack_id" IS NOT NULL));

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON evidence_exports TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON evidence_exports TO %I', db || '_reader');
  END IF;
END $grant$;
