-- Sessions are also derived from the access events of a source's logs, which are kept by month from the first day. New tables, but for
-- sessions: rows read live stay as they are ("read", by their run), derived ones have no run. Its new columns have constant defaults and are
-- not rewritten; the checks are added over the few rows that live sessions are. The locks last for the catalogue change only.

ALTER TABLE "sessions"
  ALTER COLUMN "first_run_id" DROP NOT NULL,
  ALTER COLUMN "changed_run_id" DROP NOT NULL,
  ADD COLUMN "told" TEXT NOT NULL DEFAULT 'read',
  ADD COLUMN "mfa" TEXT NOT NULL DEFAULT 'unknown',
  ADD COLUMN "elevated_from" TEXT,
  ADD COLUMN "credential" TEXT,
  ADD COLUMN "expires_kind" TEXT NOT NULL DEFAULT 'unknown',
  ADD COLUMN "expires_at" TIMESTAMPTZ(3),
  ADD COLUMN "shows_privilege" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "events" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "sessions_told_check" CHECK ("told" IN ('read', 'derived') AND ("told" = 'derived') = ("first_run_id" IS NULL)
    AND ("first_run_id" IS NULL) = ("changed_run_id" IS NULL)),
  ADD CONSTRAINT "sessions_mfa_check" CHECK ("mfa" IN ('yes', 'no', 'unknown')),
  ADD CONSTRAINT "sessions_expires_check" CHECK ("expires_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("expires_kind" = 'value') = ("expires_at" IS NOT NULL));
CREATE INDEX "sessions_started_at_id_idx" ON "sessions"("started_at" DESC, "id");

CREATE TABLE "access_event_batches" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "file" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "digest" TEXT NOT NULL,
    "read" BIGINT NOT NULL,
    "kept" BIGINT NOT NULL,
    "duplicate" BIGINT NOT NULL,
    "rejected" BIGINT NOT NULL,
    "unmatched" BIGINT NOT NULL,
    "first_at" TIMESTAMPTZ(3),
    "last_at" TIMESTAMPTZ(3),
    "imported_by" UUID,
    "imported_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "access_event_batches_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "access_event_batches_source_id_imported_at_idx" ON "access_event_batches"("source_id", "imported_at");
ALTER TABLE "access_event_batches" ADD CONSTRAINT "access_event_batches_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD CONSTRAINT "access_event_batches_read_check" CHECK ("read" = "kept" + "duplicate" + "rejected" AND "kept" >= 0 AND "duplicate" >= 0 AND "rejected" >= 0),
  ADD CONSTRAINT "access_event_batches_unmatched_check" CHECK ("unmatched" BETWEEN 0 AND "kept");

CREATE TABLE "access_event_rejects" (
    "batch_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "place" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "raw" TEXT NOT NULL,

    CONSTRAINT "access_event_rejects_pkey" PRIMARY KEY ("batch_id", "position")
);
ALTER TABLE "access_event_rejects" ADD CONSTRAINT "access_event_rejects_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "access_event_batches"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- No foreign keys: they would be looked up once a row, and the batch, written in the same transaction, holds them.
CREATE TABLE "access_events" (
    "source_id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "batch_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "privileged" TEXT NOT NULL,
    "mfa" TEXT NOT NULL,
    "principal" TEXT,
    "principal_name" TEXT,
    "identity_id" UUID,
    "identity_class" TEXT NOT NULL,
    "session_key" TEXT,
    "session_started_at" TIMESTAMPTZ(3),
    "authenticated_by" TEXT,
    "credential" TEXT,
    "target" TEXT,
    "issued_key" TEXT,
    "issued_expires_at" TIMESTAMPTZ(3),
    "address" TEXT,
    "client" TEXT,
    "error" TEXT,

    CONSTRAINT "access_events_pkey" PRIMARY KEY ("source_id", "event_id", "occurred_at")
) PARTITION BY RANGE ("occurred_at");
CREATE INDEX "access_events_source_id_session_key_occurred_at_idx" ON "access_events"("source_id", "session_key", "occurred_at");
ALTER TABLE "access_events"
  ADD CONSTRAINT "access_events_kind_check" CHECK ("kind" IN ('challenge', 'sign_in', 'token_issued', 'privilege_granted', 'privilege_used', 'other')),
  ADD CONSTRAINT "access_events_outcome_check" CHECK ("outcome" IN ('success', 'failure', 'unknown')),
  ADD CONSTRAINT "access_events_privileged_check" CHECK ("privileged" IN ('yes', 'no', 'unknown')),
  ADD CONSTRAINT "access_events_mfa_check" CHECK ("mfa" IN ('yes', 'no', 'unknown'));
CREATE TABLE "access_events_default" PARTITION OF "access_events" DEFAULT;

-- The board's numbers: what is folded, and what batches have added since. The two together are exact at any snapshot.
CREATE TABLE "access_event_hours" (
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "source_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "identity_class" TEXT NOT NULL,
    "privileged" TEXT NOT NULL,
    "mfa" TEXT NOT NULL,
    "events" BIGINT NOT NULL,

    CONSTRAINT "access_event_hours_pkey" PRIMARY KEY ("hour", "source_id", "kind", "outcome", "identity_class", "privileged", "mfa")
);
CREATE TABLE "access_event_deltas" (
    "id" BIGSERIAL NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "source_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "identity_class" TEXT NOT NULL,
    "privileged" TEXT NOT NULL,
    "mfa" TEXT NOT NULL,
    "events" BIGINT NOT NULL,

    CONSTRAINT "access_event_deltas_pkey" PRIMARY KEY ("id")
);

DO $each$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['access_events', 'access_event_batches', 'access_event_rejects'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', name);
  END LOOP;
  -- Statement triggers are not cloned to partitions: each gets its own.
  FOREACH name IN ARRAY ARRAY['access_events', 'access_events_default', 'access_event_batches', 'access_event_rejects'] LOOP
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only_truncate', name);
  END LOOP;
END $each$;

/*
 * The partition of a month, made ahead of its first event. LIKE, CHECK and ATTACH wait for no reader of the table. False where there is none
 * to be had: the month lies beyond what logs tell of, or events of it are in the default partition already, which is then theirs for good.
 */
CREATE FUNCTION ensure_access_events_partition(at timestamptz) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  first timestamptz := date_trunc('month', at);
  after timestamptz := date_trunc('month', at) + interval '1 month';
  part text := 'access_events_' || to_char(date_trunc('month', at), 'YYYY_MM');
BEGIN
  IF at NOT BETWEEN now() - interval '15 years' AND now() + interval '3 months' THEN RETURN false; END IF;
  IF to_regclass(format('%I', part)) IS NOT NULL THEN RETURN true; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('access_events_partition', 0));
  IF to_regclass(format('%I', part)) IS NOT NULL THEN RETURN true; END IF;
  IF EXISTS (SELECT FROM access_events_default WHERE occurred_at >= first AND occurred_at < after) THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE access_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
  EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (occurred_at >= %L AND occurred_at < %L)', part, part || '_month', first, after);
  EXECUTE format('ALTER TABLE access_events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, first, after);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', part, part || '_month');
  EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', part);
  EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
  EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only_truncate', part);
  RETURN true;
END $$;

DO $grant$
DECLARE db text := current_database();
BEGIN
  EXECUTE 'REVOKE EXECUTE ON FUNCTION ensure_access_events_partition(timestamptz) FROM PUBLIC';
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT ON access_events, access_event_batches, access_event_rejects, access_event_deltas, access_event_hours TO %I', db || '_app');
    EXECUTE format('GRANT UPDATE ON access_event_hours TO %I', db || '_app');
    EXECUTE format('GRANT DELETE ON access_event_deltas TO %I', db || '_app');
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE access_event_deltas_id_seq TO %I', db || '_app');
    EXECUTE format('GRANT EXECUTE ON FUNCTION ensure_access_events_partition(timestamptz) TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON access_events, access_event_batches, access_event_rejects, access_event_deltas, access_event_hours TO %I', db || '_reader');
  END IF;
END $grant$;
