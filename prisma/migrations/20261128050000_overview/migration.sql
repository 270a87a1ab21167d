-- Overviews show how much access is privileged and unused, what came and went, and what packs could not prove, without reading every grant or
-- unpacking a pack for each visitor. Two new tables are filled by the job that follows an applied run; packs made before have no gaps kept,
-- which is shown as unknown. A column without a default is added without rewriting: the lock lasts for the catalogue change only.

CREATE TABLE "grant_figures" (
    "source_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "counts" JSONB NOT NULL,

    CONSTRAINT "grant_figures_pkey" PRIMARY KEY ("source_id")
);
CREATE TABLE "grant_changes" (
    "run_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "added" BIGINT NOT NULL,
    "added_privileged" BIGINT NOT NULL,
    "added_unknown" BIGINT NOT NULL,
    "ended" BIGINT NOT NULL,
    "ended_privileged" BIGINT NOT NULL,
    "ended_unknown" BIGINT NOT NULL,

    CONSTRAINT "grant_changes_pkey" PRIMARY KEY ("run_id")
);
ALTER TABLE "grant_changes" ADD CONSTRAINT "grant_changes_parts_check"
  CHECK ("added" >= "added_privileged" + "added_unknown" AND "ended" >= "ended_privileged" + "ended_unknown");

ALTER TABLE "evidence_packs" ADD COLUMN "gaps" JSONB;

-- Which runs were applied lately, whatever their source.
CREATE INDEX "sync_runs_finished_at_idx" ON "sync_runs"("finished_at");

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON grant_figures, grant_changes TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON grant_figures, grant_changes TO %I', db || '_reader');
  END IF;
END $grant$;
