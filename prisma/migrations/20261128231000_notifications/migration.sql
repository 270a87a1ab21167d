-- Notifications (in the app, by mail, by signed webhooks) with each delivery and its result as evidence, and what the rules of micro-campaigns
-- made of events. New tables only: nothing is backfilled, nothing that matters is locked. Reviewers of campaigns
-- that are under way are told once of what still waits for them.

CREATE TABLE "micro_starts" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "rule" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "subject_label" TEXT NOT NULL,
    "run_id" UUID NOT NULL,
    "outcome" TEXT NOT NULL,
    "campaign_id" UUID,
    "found" INTEGER NOT NULL,
    "items" INTEGER NOT NULL,
    "why" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "micro_starts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "notifications" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "person_id" UUID,
    "user_id" UUID,
    "kind" TEXT NOT NULL,
    "about_kind" TEXT NOT NULL,
    "about_id" TEXT NOT NULL,
    "about_label" TEXT NOT NULL,
    "campaign_id" UUID,
    "key" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3),
    "mail_delivery_id" UUID,
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "notification_deliveries" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "channel" TEXT NOT NULL,
    "recipient_id" UUID,
    "address" TEXT,
    "endpoint_id" UUID,
    "notification_id" UUID,
    "message_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'WAITING',
    "cause" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_deliveries_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "notification_delivery_events" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "delivery_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "response" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "transaction_id" BIGINT DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "notification_delivery_events_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "webhook_endpoints" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "name" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "kinds" TEXT[],
    "secret" BYTEA NOT NULL,
    "previous_secret" BYTEA,
    "previous_until" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL DEFAULT 'active',
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "notification_preferences" (
    "user_id" UUID NOT NULL,
    "mail" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notification_preferences_pkey" PRIMARY KEY ("user_id")
);

CREATE INDEX "micro_starts_rule_at_idx" ON "micro_starts"("rule", "at");

CREATE UNIQUE INDEX "micro_starts_rule_subject_id_run_id_key" ON "micro_starts"("rule", "subject_id", "run_id");

CREATE UNIQUE INDEX "notifications_key_key" ON "notifications"("key");

CREATE INDEX "notifications_person_id_created_at_idx" ON "notifications"("person_id", "created_at");

CREATE INDEX "notifications_user_id_created_at_idx" ON "notifications"("user_id", "created_at");

CREATE INDEX "notifications_campaign_id_created_at_idx" ON "notifications"("campaign_id", "created_at");

CREATE INDEX "notifications_mail_delivery_id_idx" ON "notifications"("mail_delivery_id");

CREATE UNIQUE INDEX "notification_deliveries_message_id_key" ON "notification_deliveries"("message_id");

CREATE INDEX "notification_deliveries_state_next_at_idx" ON "notification_deliveries"("state", "next_at");

CREATE INDEX "notification_deliveries_recipient_id_created_at_idx" ON "notification_deliveries"("recipient_id", "created_at");

CREATE INDEX "notification_deliveries_endpoint_id_created_at_idx" ON "notification_deliveries"("endpoint_id", "created_at");

CREATE INDEX "notification_deliveries_notification_id_idx" ON "notification_deliveries"("notification_id");

CREATE INDEX "notification_delivery_events_delivery_id_at_idx" ON "notification_delivery_events"("delivery_id", "at");

ALTER TABLE "notifications" ADD CONSTRAINT "notifications_mail_delivery_id_fkey" FOREIGN KEY ("mail_delivery_id") REFERENCES "notification_deliveries"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "notification_deliveries" ADD CONSTRAINT "notification_deliveries_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoints"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "notification_deliveries" ADD CONSTRAINT "notification_deliveries_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "notifications"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "notification_delivery_events" ADD CONSTRAINT "notification_delivery_events_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "notification_deliveries"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What nobody has collected into a mail yet, and what a worker may send.
CREATE INDEX "notifications_uncollected_idx" ON "notifications" ("created_at") WHERE "mail_delivery_id" IS NULL;

ALTER TABLE "notifications"
  ADD CONSTRAINT "notifications_recipient_check" CHECK (num_nonnulls("person_id", "user_id") = 1);
ALTER TABLE "notification_deliveries"
  ADD CONSTRAINT "notification_deliveries_channel_check" CHECK ("channel" IN ('mail', 'webhook')
    AND ("channel" = 'mail') = ("recipient_id" IS NOT NULL) AND ("channel" = 'webhook') = ("endpoint_id" IS NOT NULL)
    AND ("channel" = 'webhook') = ("notification_id" IS NOT NULL)),
  ADD CONSTRAINT "notification_deliveries_state_check" CHECK ("state" IN ('WAITING', 'SENDING', 'ACCEPTED', 'REFUSED', 'GAVE_UP', 'NOT_SENT')
    AND ("state" IN ('WAITING', 'SENDING')) = ("ended_at" IS NULL) AND ("state" = 'WAITING') = ("next_at" IS NOT NULL)
    AND ("state" = 'SENDING') = ("lease_until" IS NOT NULL)),
  ADD CONSTRAINT "notification_deliveries_cause_check" CHECK (("state" = 'NOT_SENT') = ("cause" IS NOT NULL)
    AND "cause" IN ('mail_off', 'preference', 'no_address', 'read_first', 'endpoint_ended')),
  ADD CONSTRAINT "notification_deliveries_address_check" CHECK ("channel" <> 'mail' OR "state" = 'NOT_SENT' OR "address" IS NOT NULL);
ALTER TABLE "notification_delivery_events"
  ADD CONSTRAINT "notification_delivery_events_kind_check" CHECK ("kind" IN ('attempt', 'accepted', 'deferred', 'refused', 'gave_up'));
ALTER TABLE "webhook_endpoints"
  ADD CONSTRAINT "webhook_endpoints_state_check" CHECK ("state" IN ('active', 'ended') AND ("state" = 'ended') = ("ended_at" IS NOT NULL)),
  ADD CONSTRAINT "webhook_endpoints_previous_check" CHECK (("previous_secret" IS NULL) = ("previous_until" IS NULL));
ALTER TABLE "notification_preferences" ADD CONSTRAINT "notification_preferences_mail_check" CHECK ("mail" IN ('at_once', 'daily', 'none'));
ALTER TABLE "micro_starts"
  ADD CONSTRAINT "micro_starts_outcome_check" CHECK ("outcome" IN ('started', 'limited', 'nothing') AND ("outcome" = 'started') = ("campaign_id" IS NOT NULL)),
  ADD CONSTRAINT "micro_starts_counts_check" CHECK ("found" >= 0 AND "items" >= 0);

-- What was told stays as it was told; an ended delivery never changes.
CREATE TRIGGER "notifications_frozen" BEFORE UPDATE OF "id", "person_id", "user_id", "kind", "about_kind", "about_id", "about_label", "campaign_id", "key",
  "data", "due_at", "created_at", "transaction_id" ON "notifications" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "notifications_collected" BEFORE UPDATE OF "mail_delivery_id" ON "notifications" FOR EACH ROW
  WHEN (OLD."mail_delivery_id" IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "notifications_kept" BEFORE DELETE ON "notifications" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "notification_deliveries_frozen" BEFORE UPDATE OF "id", "channel", "recipient_id", "address", "endpoint_id", "notification_id", "message_id",
  "created_at" ON "notification_deliveries" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "notification_deliveries_ended" BEFORE UPDATE ON "notification_deliveries" FOR EACH ROW
  WHEN (OLD."ended_at" IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "notification_deliveries_kept" BEFORE DELETE ON "notification_deliveries" FOR EACH ROW EXECUTE FUNCTION refuse_change();

DO $each$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['notification_delivery_events', 'micro_starts'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only_truncate', name);
  END LOOP;
END $each$;

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON notifications, notification_deliveries, webhook_endpoints, notification_preferences TO %I', db || '_app');
    EXECUTE format('GRANT SELECT, INSERT ON notification_delivery_events, micro_starts TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON notifications, notification_deliveries, notification_delivery_events, notification_preferences, micro_starts TO %I', db || '_reader');
  END IF;
END $grant$;
