-- Exceptions: approved, expiring waivers for an access, with their approvals and their history, and the answer by which a reviewer asks for
-- one. New tables, so nothing is backfilled; older decisions and items keep their answers, which the widened checks allow. Widening reads
-- items and decisions once under a lock that answers wait for: some seconds per ten million rows.

CREATE TYPE "exception_state" AS ENUM ('SUBMITTED', 'IN_APPROVAL', 'CHANGES_REQUESTED', 'APPROVED', 'ACTIVE', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'SUSPENDED', 'REVOKED', 'RESOLVED', 'SUPERSEDED', 'VOID');

CREATE TABLE "exceptions" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "entitlement_id" UUID NOT NULL,
    "label" TEXT NOT NULL,
    "risk_class" TEXT NOT NULL,
    "campaign_id" UUID,
    "item_id" UUID,
    "requester_id" UUID,
    "requester_user_id" UUID NOT NULL,
    "state" "exception_state" NOT NULL DEFAULT 'SUBMITTED',
    "version" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "renewals" INTEGER NOT NULL DEFAULT 0,
    "rationale" TEXT NOT NULL,
    "control" TEXT NOT NULL,
    "control_owner_id" UUID NOT NULL,
    "control_test" TEXT NOT NULL,
    "control_due_at" TIMESTAMPTZ(3) NOT NULL,
    "control_result" TEXT,
    "control_tested_at" TIMESTAMPTZ(3),
    "starts_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "rule_version" INTEGER NOT NULL,
    "renewal_expires_at" TIMESTAMPTZ(3),
    "renewal_rationale" TEXT,
    "renewal_requester_id" UUID,
    "renewal_user_id" UUID,
    "suspended_for" TEXT,
    "reminded_days" INTEGER,
    "active_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "exceptions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "exception_approvals" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "exception_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "step" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "step_up_method" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "exception_approvals_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "exception_events" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "exception_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "terms" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "actor_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "exception_events_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "exceptions_identity_id_entitlement_id_idx" ON "exceptions"("identity_id", "entitlement_id");
CREATE INDEX "exceptions_state_expires_at_idx" ON "exceptions"("state", "expires_at");
CREATE UNIQUE INDEX "exception_approvals_exception_id_revision_step_key" ON "exception_approvals"("exception_id", "revision", "step");
CREATE INDEX "exception_events_exception_id_at_idx" ON "exception_events"("exception_id", "at");
ALTER TABLE "exception_approvals" ADD CONSTRAINT "exception_approvals_exception_id_fkey" FOREIGN KEY ("exception_id") REFERENCES "exceptions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "exception_events" ADD CONSTRAINT "exception_events_exception_id_fkey" FOREIGN KEY ("exception_id") REFERENCES "exceptions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- One per access that has not ended; what lapsed reopens what it covered once.
CREATE UNIQUE INDEX "exceptions_open_key" ON "exceptions" ("identity_id", "entitlement_id") WHERE "ended_at" IS NULL;
CREATE UNIQUE INDEX "exception_events_reopened_key" ON "exception_events" ("exception_id", ("detail" ->> 'lapseId')) WHERE "kind" = 'REOPENED';

ALTER TABLE "exceptions"
  ADD CONSTRAINT "exceptions_risk_class_check" CHECK ("risk_class" IN ('low', 'ordinary', 'high', 'critical')),
  ADD CONSTRAINT "exceptions_words_check" CHECK (length(trim("rationale")) > 0 AND length(trim("control")) > 0 AND length(trim("control_test")) > 0),
  ADD CONSTRAINT "exceptions_time_check" CHECK ("starts_at" IS NULL OR "starts_at" < "expires_at"),
  ADD CONSTRAINT "exceptions_counts_check" CHECK ("revision" >= 1 AND "renewals" >= 0 AND "renewals" < "revision"),
  ADD CONSTRAINT "exceptions_end_check" CHECK (("state" IN ('REJECTED', 'WITHDRAWN', 'EXPIRED', 'REVOKED', 'RESOLVED', 'SUPERSEDED', 'VOID')) = ("ended_at" IS NOT NULL)),
  ADD CONSTRAINT "exceptions_active_check" CHECK ("state" NOT IN ('ACTIVE', 'SUSPENDED') OR "active_at" IS NOT NULL),
  ADD CONSTRAINT "exceptions_suspended_check" CHECK (("state" = 'SUSPENDED') = ("suspended_for" IS NOT NULL) AND "suspended_for" IN ('control_failed', 'control_overdue')),
  ADD CONSTRAINT "exceptions_control_check" CHECK (("control_result" IS NULL) = ("control_tested_at" IS NULL) AND "control_result" IN ('passed', 'failed')),
  ADD CONSTRAINT "exceptions_renewal_check" CHECK (num_nonnulls("renewal_expires_at", "renewal_rationale", "renewal_user_id") IN (0, 3)
    AND ("renewal_user_id" IS NOT NULL OR "renewal_requester_id" IS NULL) AND ("renewal_user_id" IS NULL OR "state" IN ('ACTIVE', 'SUSPENDED'))),
  ADD CONSTRAINT "exceptions_reminded_check" CHECK ("reminded_days" IN (30, 14, 7)),
  ADD CONSTRAINT "exceptions_item_check" CHECK (("campaign_id" IS NULL) = ("item_id" IS NULL));
ALTER TABLE "exception_approvals" ADD CONSTRAINT "exception_approvals_step_check" CHECK ("step" IN ('resource_owner', 'exception_approver', 'second_approver'));

-- Whoever asked never approves, nor whoever the inventory knows to hold or own the access at this moment; one person gives one step where the
-- risk is high or critical. The rules say the same in words; this holds whatever a command forgets.
CREATE FUNCTION check_exception_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked exceptions%ROWTYPE;
BEGIN
  SELECT * INTO STRICT asked FROM exceptions WHERE id = NEW.exception_id;
  IF NEW.revision <> asked.revision THEN RAISE EXCEPTION 'an approval of other terms than those asked for' USING ERRCODE = 'check_violation'; END IF;
  IF asked.state <> 'IN_APPROVAL' AND asked.renewal_user_id IS NULL THEN
    RAISE EXCEPTION 'nothing is asked for' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.person_id IN (asked.requester_id, asked.renewal_requester_id) OR NEW.user_id IN (asked.requester_user_id, asked.renewal_user_id) THEN
    RAISE EXCEPTION 'the requester does not approve' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM identities i WHERE i.id = asked.identity_id AND NEW.person_id IN (i.person_id, i.owner_id, i.backup_owner_id)) THEN
    RAISE EXCEPTION 'a beneficiary does not approve' USING ERRCODE = 'check_violation';
  END IF;
  IF asked.risk_class IN ('high', 'critical') AND EXISTS (SELECT FROM exception_approvals a
    WHERE a.exception_id = NEW.exception_id AND a.revision = NEW.revision AND NEW.person_id = a.person_id) THEN
    RAISE EXCEPTION 'two people approve what is of high or critical risk' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "exception_approvals_independent" BEFORE INSERT ON "exception_approvals" FOR EACH ROW EXECUTE FUNCTION check_exception_approval();
ALTER TABLE "exception_approvals" ENABLE ALWAYS TRIGGER "exception_approvals_independent";

CREATE TRIGGER "exceptions_frozen" BEFORE UPDATE OF "id", "source_id", "identity_id", "entitlement_id", "label", "risk_class", "campaign_id", "item_id",
  "requester_id", "requester_user_id", "created_at", "transaction_id" ON "exceptions" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "exceptions_ended" BEFORE UPDATE ON "exceptions" FOR EACH ROW WHEN (OLD."ended_at" IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "exceptions_kept" BEFORE DELETE ON "exceptions" FOR EACH ROW EXECUTE FUNCTION refuse_change();

DO $each$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['exception_approvals', 'exception_events'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only_truncate', name);
  END LOOP;
END $each$;

-- A reviewer's answer may be to ask for an exception; what is asked for stands in the answer until it is handed in.
ALTER TABLE "decisions" ADD COLUMN "exception_terms" JSONB;
ALTER TABLE "decisions" DROP CONSTRAINT "decisions_answer_check",
  ADD CONSTRAINT "decisions_answer_check" CHECK ("answer" IN ('keep', 'revoke', 'abstain', 'exception_requested', 'withdrawn')),
  ADD CONSTRAINT "decisions_exception_check" CHECK (("answer" = 'exception_requested') = ("exception_terms" IS NOT NULL));
ALTER TABLE "items" DROP CONSTRAINT "items_answer_check", DROP CONSTRAINT "items_outcome_check",
  ADD CONSTRAINT "items_answer_check" CHECK ("answer" IN ('keep', 'revoke', 'abstain', 'exception_requested')),
  ADD CONSTRAINT "items_outcome_check" CHECK ("outcome" IN ('KEEP', 'REVOKE', 'ABSTAIN', 'EXCEPTION_REQUESTED', 'UNANSWERED'));

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON exceptions TO %I', db || '_app');
    EXECUTE format('GRANT SELECT, INSERT ON exception_approvals, exception_events TO %I', db || '_app');
    EXECUTE format('GRANT EXECUTE ON FUNCTION check_exception_approval() TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON exceptions, exception_approvals, exception_events TO %I', db || '_reader');
  END IF;
END $grant$;
