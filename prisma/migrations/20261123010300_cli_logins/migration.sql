-- The command line signs in by a code that its user confirms in the browser: one row per attempt. A table of its own, since an invitation
-- makes a user and this makes a token. New and empty: nothing to backfill, no lock that matters.
CREATE TABLE "cli_logins" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "code_hash" BYTEA NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "label" TEXT NOT NULL,
    "address" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "confirmed_by" UUID,

    CONSTRAINT "cli_logins_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "cli_logins_code_hash_key" ON "cli_logins"("code_hash");
CREATE UNIQUE INDEX "cli_logins_token_hash_key" ON "cli_logins"("token_hash");

ALTER TABLE "cli_logins" ADD CONSTRAINT "cli_logins_confirmed_check" CHECK (("confirmed_at" IS NULL) = ("confirmed_by" IS NULL));

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON cli_logins TO %I', db || '_app');
  END IF;
END $grant$;
