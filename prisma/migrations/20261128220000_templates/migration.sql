-- Campaigns that come again: templates with their versions, the cycles that were due and what became of each, filters kept under a name, who set
-- a campaign's scope, and answers that attest a bundle carried forward. Columns added have a constant default or none, so no row is rewritten and
-- nothing is locked for longer than the catalog takes.

CREATE TABLE "campaign_templates" (
  "id" UUID NOT NULL DEFAULT uuid7(),
  "name" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "cycles_from" TIMESTAMPTZ(3) NOT NULL,
  "retired_at" TIMESTAMPTZ(3),
  CONSTRAINT "campaign_templates_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "campaign_templates_version_check" CHECK ("version" >= 1)
);
CREATE UNIQUE INDEX "campaign_templates_name_key" ON "campaign_templates" ("name") WHERE "retired_at" IS NULL;

CREATE TABLE "campaign_template_versions" (
  "template_id" UUID NOT NULL,
  "version" INTEGER NOT NULL,
  "body" JSONB NOT NULL,
  "digest" TEXT NOT NULL,
  "made_by" TEXT NOT NULL,
  "user_id" UUID,
  "made_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "campaign_template_versions_pkey" PRIMARY KEY ("template_id", "version"),
  CONSTRAINT "campaign_template_versions_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "campaign_templates" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "campaign_template_versions_made_by_check" CHECK ("made_by" IN ('form', 'file'))
);

CREATE TABLE "campaign_cycles" (
  "template_id" UUID NOT NULL,
  "cycle_at" TIMESTAMPTZ(3) NOT NULL,
  "version" INTEGER NOT NULL,
  "campaign_id" UUID,
  "reason" TEXT,
  "reason_by" UUID,
  "reason_at" TIMESTAMPTZ(3),
  CONSTRAINT "campaign_cycles_pkey" PRIMARY KEY ("template_id", "cycle_at"),
  CONSTRAINT "campaign_cycles_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "campaign_templates" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "campaign_cycles_reason_check" CHECK (("reason" IS NULL) = ("reason_at" IS NULL))
);
CREATE UNIQUE INDEX "campaign_cycles_campaign_id_key" ON "campaign_cycles" ("campaign_id");

CREATE TABLE "saved_scopes" (
  "id" UUID NOT NULL DEFAULT uuid7(),
  "name" TEXT NOT NULL,
  "scope" JSONB NOT NULL,
  "created_by" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "retired_at" TIMESTAMPTZ(3),
  CONSTRAINT "saved_scopes_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "saved_scopes_name_key" ON "saved_scopes" ("name") WHERE "retired_at" IS NULL;

ALTER TABLE "campaigns" ADD COLUMN "template_version" INTEGER, ADD COLUMN "scope_set_by" UUID, ADD COLUMN "scope_set_at" TIMESTAMPTZ(3);
ALTER TABLE "decisions" ADD COLUMN "carried" BOOLEAN NOT NULL DEFAULT false,
  ADD CONSTRAINT "decisions_carried_check" CHECK (NOT "carried" OR "answer" IN ('keep', 'withdrawn'));

-- What a template said when a cycle was made from it is evidence.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "campaign_template_versions" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON "campaign_template_versions" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE "campaign_template_versions" ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE "campaign_template_versions" ENABLE ALWAYS TRIGGER append_only_truncate;
CREATE TRIGGER "campaign_cycles_kept" BEFORE DELETE ON "campaign_cycles" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "campaign_cycles_said" BEFORE UPDATE ON "campaign_cycles" FOR EACH ROW WHEN (OLD."reason" IS NOT NULL) EXECUTE FUNCTION refuse_change();

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON campaign_templates, campaign_cycles, saved_scopes TO %I', db || '_app');
    EXECUTE format('GRANT SELECT, INSERT ON campaign_template_versions TO %I', db || '_app');
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    EXECUTE format('GRANT SELECT ON campaign_templates, campaign_template_versions, campaign_cycles, saved_scopes TO %I', db || '_reader');
  END IF;
END $grant$;
