-- Removals of one campaign in one source are done in steps and stopped by the first that fail; what somebody proves with is kept as a file.
-- New tables, and two columns without default on remediations: no row is rewritten, and the lock lasts for the catalogue change only.

CREATE TABLE "removal_batches" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "campaign_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'RUNNING',
    "step" INTEGER NOT NULL DEFAULT 0,
    "stop_after" INTEGER NOT NULL,
    "confirmed" TEXT[],
    "started_by" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "stopped_because" TEXT,
    "stopped_by" UUID,

    CONSTRAINT "removal_batches_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "removal_batches"
  ADD CONSTRAINT "removal_batches_state_check" CHECK ("state" IN ('RUNNING', 'STOPPED', 'DONE') AND ("state" = 'RUNNING') = ("ended_at" IS NULL)),
  ADD CONSTRAINT "removal_batches_stop_check" CHECK ("stop_after" >= 1 AND "step" >= 0);
CREATE INDEX "removal_batches_campaign_id_idx" ON "removal_batches"("campaign_id");
-- One at a time: two would not see each other's failures.
CREATE UNIQUE INDEX "removal_batches_running_key" ON "removal_batches"("campaign_id", "source_id") WHERE "state" = 'RUNNING';

ALTER TABLE "remediations" ADD COLUMN "batch_id" UUID, ADD COLUMN "batch_step" INTEGER;
CREATE INDEX "remediations_batch_id_idx" ON "remediations"("batch_id");

CREATE TABLE "remediation_proofs" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "remediation_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "size" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "uploaded_by" UUID NOT NULL,
    "uploaded_at" TIMESTAMPTZ(3) NOT NULL,
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "remediation_proofs_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "remediation_proofs" ADD CONSTRAINT "remediation_proofs_remediation_id_fkey" FOREIGN KEY ("remediation_id") REFERENCES "remediations"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD CONSTRAINT "remediation_proofs_size_check" CHECK ("size" = octet_length("bytes") AND "size" BETWEEN 1 AND 5242880);
CREATE UNIQUE INDEX "remediation_proofs_remediation_id_sha256_key" ON "remediation_proofs"("remediation_id", "sha256");

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "remediation_proofs" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON "remediation_proofs" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE "remediation_proofs" ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE "remediation_proofs" ENABLE ALWAYS TRIGGER append_only_truncate;

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON removal_batches TO %I', db || '_app');
    EXECUTE format('GRANT SELECT, INSERT ON remediation_proofs TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON removal_batches, remediation_proofs TO %I', db || '_reader');
  END IF;
END $grant$;
