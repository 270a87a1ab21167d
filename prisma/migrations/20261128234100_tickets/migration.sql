-- A task may be in the hands of a ticket system: its reference is kept with it, and what such a system is told has no person as its recipient.
-- Two columns without default: no row is rewritten. The looser check reads notifications once and the index of what is not mailed yet is built
-- anew over those alone; both hold the locks of their tables for as long as that takes, seconds at a million rows. Before a removal
-- it is asked what a machine changed lately, by its sessions and those that it elevated into: an index for the latter.

ALTER TABLE "remediations" ADD COLUMN "ticket_reference" TEXT, ADD COLUMN "ticket_link" TEXT,
  ADD CONSTRAINT "remediations_ticket_check" CHECK ("ticket_link" IS NULL OR ("ticket_reference" IS NOT NULL AND "ticket_link" LIKE 'https://%'));

ALTER TABLE "notifications" DROP CONSTRAINT "notifications_recipient_check",
  ADD CONSTRAINT "notifications_recipient_check" CHECK (num_nonnulls("person_id", "user_id") <= 1);
DROP INDEX "notifications_uncollected_idx";
CREATE INDEX "notifications_uncollected_idx" ON "notifications" ("created_at")
  WHERE "mail_delivery_id" IS NULL AND num_nonnulls("person_id", "user_id") = 1;

-- Sessions are few beside their events: built in seconds, while imports of logs wait.
CREATE INDEX "sessions_elevated_from_idx" ON "sessions" ("source_id", "elevated_from") WHERE "elevated_from" IS NOT NULL;
