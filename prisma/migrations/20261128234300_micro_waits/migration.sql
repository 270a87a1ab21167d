-- What a rule of micro-campaigns had no room for in its day was told and never started. It waits in a table of its own now, until it starts. And an
-- access is compared with its own last sign-off, in whichever campaign that was: an index leads to the items of an entitlement. Adds a table, an
-- index and no rows; campaigns frozen before get the index now, about half a second for a million items, in which nobody decides there, and later
-- ones get it when they are attached. What was left out before stays as it was told.

CREATE TABLE "micro_waits" (
    "rule" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "subject_label" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "found" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "micro_waits_pkey" PRIMARY KEY ("rule", "subject_id", "run_id"),
    CONSTRAINT "micro_waits_found_check" CHECK ("found" >= 0)
);

CREATE INDEX "items_entitlement_id_idx" ON "items"("entitlement_id");

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "micro_waits" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON "micro_waits" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE "micro_waits" ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE "micro_waits" ENABLE ALWAYS TRIGGER append_only_truncate;

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT ON micro_waits TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON micro_waits TO %I', db || '_reader');
  END IF;
END $grant$;
