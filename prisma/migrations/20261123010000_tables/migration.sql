-- The first release's tables, as prisma/models describe them; grants and items are partitioned, and the filter columns of
-- audit_events are generated from its body. Nothing existed before.

CREATE SCHEMA IF NOT EXISTS "staging";

-- UUIDv7 by default value: ordered by time, made by the server. PostgreSQL 18 has its own.
DO $make$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'CREATE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$ SELECT uuidv7() $$';
  ELSE
    EXECUTE 'CREATE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
      SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), ''hex'')::uuid $$';
  END IF;
END
$make$;

-- CreateEnum
CREATE TYPE "campaign_state" AS ENUM ('DRAFT', 'COLLECTING', 'BLOCKED', 'STAGED', 'NOT_APPLICABLE', 'ACTIVE', 'PAUSED', 'CLOSING', 'SIGNED_OFF', 'REMEDIATING', 'VERIFYING', 'CLOSED', 'ARCHIVED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "item_state" AS ENUM ('UNASSIGNED', 'ASSIGNED', 'DRAFTED', 'SUBMITTED', 'DECIDED', 'FINAL', 'VOIDED');

-- CreateEnum
CREATE TYPE "source_state" AS ENUM ('active', 'paused', 'retired');

-- CreateEnum
CREATE TYPE "sync_run_state" AS ENUM ('RUNNING', 'APPLIED', 'HELD', 'FAILED', 'REJECTED', 'SUPERSEDED');

-- CreateEnum
CREATE TYPE "remediation_state" AS ENUM ('PLANNED', 'APPROVED', 'QUEUED', 'RUNNING', 'APPLIED_UNVERIFIED', 'ALREADY_GONE', 'VERIFIED', 'NOT_EFFECTIVE', 'FAILED', 'NOT_SUPPORTED', 'MANUAL_REQUIRED', 'TICKETED', 'CLAIMED_DONE', 'COVERED', 'SUPERSEDED', 'RESTORED');

-- CreateTable
CREATE TABLE "app_users" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "mail" TEXT,
    "display_name" TEXT NOT NULL,
    "password_hash" TEXT,
    "person_id" UUID,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_assignments" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "user_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "granted_by" UUID,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_by" UUID,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "role_assignments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_ins" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "user_id" UUID NOT NULL,
    "sid_hash" BYTEA NOT NULL,
    "method" TEXT NOT NULL,
    "amr" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "address" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "sign_ins_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "step_ups" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "sign_in_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "binding" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "step_ups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_tokens" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "user_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "label" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "kind" TEXT NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "mail" TEXT,
    "roles" TEXT[],
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "used_by" UUID,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_attempts" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_attempts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "actor_id" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "body_digest" TEXT NOT NULL,
    "response" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("actor_id","route","key")
);

-- CreateTable
CREATE TABLE "settings" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" UUID,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "second_person_requests" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "action" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "requested_by" UUID NOT NULL,
    "requested_person_id" UUID,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_by" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL DEFAULT 'pending',

    CONSTRAINT "second_person_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "body" TEXT NOT NULL,
    "type" TEXT NOT NULL GENERATED ALWAYS AS ((body)::jsonb ->> 'type'::text) STORED,
    "subject_kind" TEXT GENERATED ALWAYS AS ((body)::jsonb #>> '{subject,kind}'::text[]) STORED,
    "subject_id" TEXT GENERATED ALWAYS AS ((body)::jsonb #>> '{subject,id}'::text[]) STORED,
    "actor_id" TEXT GENERATED ALWAYS AS ((body)::jsonb #>> '{actor,id}'::text[]) STORED,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_values" (
    "event_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "salt" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "audit_values_pkey" PRIMARY KEY ("event_id","name")
);

-- CreateTable
CREATE TABLE "audit_leaves" (
    "leaf_index" BIGINT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "audit_leaves_pkey" PRIMARY KEY ("leaf_index")
);

-- CreateTable
CREATE TABLE "audit_nodes" (
    "level" SMALLINT NOT NULL,
    "index" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_nodes_pkey" PRIMARY KEY ("level","index")
);

-- CreateTable
CREATE TABLE "checkpoints" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "tree_size" BIGINT NOT NULL,
    "root_hash" BYTEA NOT NULL,
    "note" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "signed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "campaigns" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "name" TEXT NOT NULL,
    "state" "campaign_state" NOT NULL DEFAULT 'DRAFT',
    "scope" JSONB NOT NULL,
    "instructions" TEXT NOT NULL,
    "instructions_version" INTEGER NOT NULL DEFAULT 1,
    "zone" TEXT NOT NULL DEFAULT 'UTC',
    "owner_user_id" UUID NOT NULL,
    "fallback_person_id" UUID,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "policy_digest" TEXT,
    "blocked_by" JSONB,
    "watch_days" INTEGER NOT NULL DEFAULT 30,
    "parent_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "staged_at" TIMESTAMPTZ(3),
    "launched_at" TIMESTAMPTZ(3),
    "closing_at" TIMESTAMPTZ(3),
    "signed_off_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "campaigns_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "populations" (
    "campaign_id" UUID NOT NULL,
    "manifest" TEXT NOT NULL,
    "manifest_digest" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "item_count" BIGINT NOT NULL,
    "frozen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "populations_pkey" PRIMARY KEY ("campaign_id")
);

-- CreateTable
CREATE TABLE "items" (
    "campaign_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuid7(),
    "kind" TEXT NOT NULL DEFAULT 'grant',
    "source_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "identity_id" UUID,
    "entitlement_id" UUID NOT NULL,
    "resource_id" UUID,
    "person_id" UUID,
    "source_name" TEXT NOT NULL,
    "identity_name" TEXT NOT NULL,
    "identity_external_id" TEXT NOT NULL,
    "identity_class" TEXT NOT NULL,
    "identity_status" TEXT NOT NULL,
    "person_name" TEXT,
    "person_title" TEXT,
    "department" TEXT,
    "owner_name" TEXT,
    "entitlement_name" TEXT NOT NULL,
    "entitlement_external_id" TEXT NOT NULL,
    "entitlement_digest" TEXT,
    "meaning" TEXT,
    "resource_name" TEXT,
    "resource_class" TEXT,
    "environment" TEXT NOT NULL,
    "sensitivity" TEXT NOT NULL,
    "privileged" TEXT NOT NULL,
    "reaches" JSONB NOT NULL,
    "reach_count" INTEGER NOT NULL,
    "also_held_by" TEXT[],
    "started_kind" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "expires_kind" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_kind" TEXT NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "granted_by" TEXT,
    "opened_run_id" UUID NOT NULL,
    "observed_run_id" UUID NOT NULL,
    "factors" TEXT NOT NULL,
    "risk_class" TEXT NOT NULL,
    "risk_reasons" TEXT[],
    "first_reviewer_id" UUID,
    "reviewer_rule" TEXT,
    "passed_over" JSONB NOT NULL,
    "order_key" INTEGER NOT NULL,
    "follows_item_id" UUID,
    "follows_campaign_id" UUID,
    "state" "item_state" NOT NULL DEFAULT 'UNASSIGNED',
    "answer" TEXT,
    "outcome" TEXT,
    "version" INTEGER NOT NULL DEFAULT 0,
    "decision_id" UUID,
    "reviewer_id" UUID,
    "due_at" TIMESTAMPTZ(3),
    "void_reason" TEXT,
    "void_run_id" UUID,

    CONSTRAINT "items_pkey" PRIMARY KEY ("campaign_id","id")
) PARTITION BY LIST ("campaign_id");

-- CreateTable
CREATE TABLE "assignments" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "campaign_id" UUID NOT NULL,
    "item_id" UUID NOT NULL,
    "from_id" UUID,
    "to_id" UUID NOT NULL,
    "cause" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "actor_id" UUID,
    "hop" INTEGER NOT NULL DEFAULT 0,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "assignments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "decisions" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "campaign_id" UUID NOT NULL,
    "item_id" UUID NOT NULL,
    "reviewer_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "answer" TEXT NOT NULL,
    "rationale" TEXT,
    "item_version" INTEGER NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "seconds" INTEGER,
    "evidence_viewed" BOOLEAN NOT NULL DEFAULT false,
    "batch_size" INTEGER NOT NULL DEFAULT 1,
    "is_late" BOOLEAN NOT NULL DEFAULT false,
    "authenticated_by" TEXT NOT NULL,
    "sign_in_id" UUID,

    CONSTRAINT "decisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "submissions" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "campaign_id" UUID NOT NULL,
    "reviewer_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "item_count" BIGINT NOT NULL,
    "digest" TEXT NOT NULL,
    "instructions_version" INTEGER NOT NULL,
    "attestation" TEXT NOT NULL,
    "step_up_method" TEXT NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "submissions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_offs" (
    "campaign_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "counts" JSONB NOT NULL,
    "attestation" TEXT NOT NULL,
    "step_up_method" TEXT NOT NULL,
    "signed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_offs_pkey" PRIMARY KEY ("campaign_id")
);

-- CreateTable
CREATE TABLE "evidence_packs" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "campaign_id" UUID NOT NULL,
    "tree_size" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "evidence_packs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence_access" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "pack_id" UUID NOT NULL,
    "user_id" UUID,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "evidence_access_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sources" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" "source_state" NOT NULL DEFAULT 'active',
    "config" JSONB NOT NULL,
    "secret" BYTEA,
    "schedule" TEXT,
    "schedule_zone" TEXT NOT NULL DEFAULT 'UTC',
    "next_run_at" TIMESTAMPTZ(3),
    "drop_threshold" INTEGER NOT NULL DEFAULT 20,
    "owner_user_id" UUID,
    "is_people_source" BOOLEAN NOT NULL DEFAULT false,
    "writes_enabled_at" TIMESTAMPTZ(3),
    "writes_config" JSONB,
    "writes_secret" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,

    CONSTRAINT "sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_files" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "provenance" JSONB,
    "uploaded_by" UUID,
    "uploaded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "is_current" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "source_files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_runs" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "state" "sync_run_state" NOT NULL DEFAULT 'RUNNING',
    "trigger" TEXT NOT NULL,
    "started_by" UUID,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "observed_at" TIMESTAMPTZ(3),
    "product" TEXT,
    "account" TEXT,
    "endpoint" TEXT,
    "scopes" JSONB,
    "config_digest" TEXT,
    "is_complete" BOOLEAN NOT NULL DEFAULT false,
    "is_full_read" BOOLEAN NOT NULL DEFAULT true,
    "reasons" JSONB,
    "changes" JSONB,
    "digest" TEXT,
    "overridden_by" UUID,
    "confirmed_by" UUID,
    "override_reason" TEXT,

    CONSTRAINT "sync_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_streams" (
    "run_id" UUID NOT NULL,
    "stream" TEXT NOT NULL,
    "declared" BIGINT,
    "read" BIGINT NOT NULL DEFAULT 0,
    "kept" BIGINT NOT NULL DEFAULT 0,
    "excluded" BIGINT NOT NULL DEFAULT 0,
    "rejected" BIGINT NOT NULL DEFAULT 0,
    "pages" INTEGER NOT NULL DEFAULT 0,
    "excluded_by" JSONB,
    "completeness" TEXT NOT NULL DEFAULT 'complete',
    "reason" TEXT,
    "raw_digest" TEXT,
    "digest" TEXT,

    CONSTRAINT "sync_streams_pkey" PRIMARY KEY ("run_id","stream")
);

-- CreateTable
CREATE TABLE "sync_pages" (
    "run_id" UUID NOT NULL,
    "stream" TEXT NOT NULL,
    "page" INTEGER NOT NULL,
    "cursor" TEXT,
    "next" TEXT,
    "rows" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sync_pages_pkey" PRIMARY KEY ("run_id","stream","page")
);

-- CreateTable
CREATE TABLE "rejected_records" (
    "id" BIGSERIAL NOT NULL,
    "run_id" UUID NOT NULL,
    "stream" TEXT NOT NULL,
    "position" TEXT NOT NULL,
    "column" TEXT,
    "reason" TEXT NOT NULL,
    "raw" JSONB NOT NULL,

    CONSTRAINT "rejected_records_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "people" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mail" TEXT,
    "user_name" TEXT,
    "title" TEXT,
    "department" TEXT,
    "manager" TEXT,
    "manager_id" UUID,
    "employment" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "started_on" DATE,
    "ended_on" DATE,
    "sponsor" TEXT,
    "sponsor_id" UUID,
    "first_run_id" UUID NOT NULL,
    "changed_run_id" UUID NOT NULL,
    "gone_run_id" UUID,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "people_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identities" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "login" TEXT,
    "mail" TEXT,
    "class" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "person" TEXT,
    "owner" TEXT,
    "backup_owner" TEXT,
    "purpose" TEXT,
    "origin" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "interactive" TEXT NOT NULL,
    "created_kind" TEXT NOT NULL DEFAULT 'unknown',
    "created_at" TIMESTAMPTZ(3),
    "last_used_kind" TEXT NOT NULL DEFAULT 'unknown',
    "last_used_at" TIMESTAMPTZ(3),
    "owner_id" UUID,
    "backup_owner_id" UUID,
    "person_id" UUID,
    "first_run_id" UUID NOT NULL,
    "changed_run_id" UUID NOT NULL,
    "gone_run_id" UUID,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "identities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "resources" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "sensitivity" TEXT NOT NULL,
    "owner" TEXT,
    "parent" TEXT,
    "parent_id" UUID,
    "owner_id" UUID,
    "first_run_id" UUID NOT NULL,
    "changed_run_id" UUID NOT NULL,
    "gone_run_id" UUID,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "resources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entitlements" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "resource" TEXT,
    "resource_id" UUID,
    "name" TEXT NOT NULL,
    "meaning" TEXT,
    "privileged" TEXT NOT NULL,
    "contents" TEXT,
    "digest" TEXT,
    "first_run_id" UUID NOT NULL,
    "changed_run_id" UUID NOT NULL,
    "gone_run_id" UUID,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "entitlements_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trusts" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "identity" TEXT,
    "identity_id" UUID,
    "issuer" TEXT NOT NULL,
    "subject_pattern" TEXT,
    "audience" TEXT,
    "conditions" TEXT,
    "first_run_id" UUID NOT NULL,
    "changed_run_id" UUID NOT NULL,
    "gone_run_id" UUID,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "trusts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credentials" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "identity" TEXT,
    "identity_id" UUID,
    "kind" TEXT NOT NULL,
    "issuer" TEXT,
    "created_kind" TEXT NOT NULL DEFAULT 'unknown',
    "created_at" TIMESTAMPTZ(3),
    "expires_kind" TEXT NOT NULL DEFAULT 'unknown',
    "expires_at" TIMESTAMPTZ(3),
    "rotated_kind" TEXT NOT NULL DEFAULT 'unknown',
    "rotated_at" TIMESTAMPTZ(3),
    "rotation" TEXT NOT NULL,
    "last_used_kind" TEXT NOT NULL DEFAULT 'unknown',
    "last_used_at" TIMESTAMPTZ(3),
    "stored_in" TEXT,
    "fingerprint" TEXT,
    "first_run_id" UUID NOT NULL,
    "changed_run_id" UUID NOT NULL,
    "gone_run_id" UUID,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "factors" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "identity" TEXT,
    "identity_id" UUID,
    "kind" TEXT NOT NULL,
    "phishing_resistant" TEXT NOT NULL,
    "enrolled_kind" TEXT NOT NULL DEFAULT 'unknown',
    "enrolled_at" TIMESTAMPTZ(3),
    "last_used_kind" TEXT NOT NULL DEFAULT 'unknown',
    "last_used_at" TIMESTAMPTZ(3),
    "first_run_id" UUID NOT NULL,
    "changed_run_id" UUID NOT NULL,
    "gone_run_id" UUID,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "factors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "identity" TEXT,
    "identity_id" UUID,
    "started_kind" TEXT NOT NULL DEFAULT 'unknown',
    "started_at" TIMESTAMPTZ(3),
    "last_active_kind" TEXT NOT NULL DEFAULT 'unknown',
    "last_active_at" TIMESTAMPTZ(3),
    "address" TEXT,
    "client" TEXT,
    "authenticated_by" TEXT,
    "elevated_by" TEXT,
    "privileged" TEXT NOT NULL,
    "first_run_id" UUID NOT NULL,
    "changed_run_id" UUID NOT NULL,
    "gone_run_id" UUID,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entitlement_versions" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "entitlement_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "contents" TEXT,
    "meaning" TEXT,
    "run_id" UUID NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "entitlement_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "grants" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "source_id" UUID NOT NULL,
    "holder_kind" TEXT NOT NULL,
    "holder_id" UUID NOT NULL,
    "entitlement_id" UUID NOT NULL,
    "started_kind" TEXT NOT NULL DEFAULT 'unknown',
    "started_at" TIMESTAMPTZ(3),
    "expires_kind" TEXT NOT NULL DEFAULT 'unknown',
    "expires_at" TIMESTAMPTZ(3),
    "last_used_kind" TEXT NOT NULL DEFAULT 'unknown',
    "last_used_at" TIMESTAMPTZ(3),
    "granted_by" TEXT,
    "reason" TEXT,
    "options" TEXT,
    "opened_run_id" UUID NOT NULL,
    "ended_run_id" UUID,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "grants_pkey" PRIMARY KEY ("source_id","id")
) PARTITION BY LIST ("source_id");

-- CreateTable
CREATE TABLE "entitlement_closure" (
    "holder_id" UUID NOT NULL,
    "reached_id" UUID NOT NULL,
    "via_id" UUID NOT NULL,
    "depth" INTEGER NOT NULL,

    CONSTRAINT "entitlement_closure_pkey" PRIMARY KEY ("holder_id","reached_id")
);

-- CreateTable
CREATE TABLE "inventory_changes" (
    "id" BIGSERIAL NOT NULL,
    "run_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "stream" TEXT NOT NULL,
    "record_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "inventory_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identity_person_matches" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "identity_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "method" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "score" INTEGER NOT NULL,
    "why" TEXT NOT NULL,
    "decided_by" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_person_matches_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "remediations" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "campaign_id" UUID NOT NULL,
    "item_id" UUID NOT NULL,
    "decision_id" UUID NOT NULL,
    "decided_by" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "identity_id" UUID,
    "entitlement_id" UUID NOT NULL,
    "label" TEXT NOT NULL,
    "risk_class" TEXT NOT NULL,
    "state" "remediation_state" NOT NULL DEFAULT 'PLANNED',
    "version" INTEGER NOT NULL DEFAULT 0,
    "sla_due_at" TIMESTAMPTZ(3) NOT NULL,
    "approved_by" UUID,
    "executed_by" UUID,
    "applied_at" TIMESTAMPTZ(3),
    "first_absent_run_id" UUID,
    "second_absent_run_id" UUID,
    "verified_at" TIMESTAMPTZ(3),
    "watch_until" TIMESTAMPTZ(3),
    "regrown_item_id" UUID,
    "regrown_campaign_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "remediations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "remediation_events" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "remediation_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "actor_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "remediation_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "app_users_person_id_idx" ON "app_users"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "app_users_issuer_subject_key" ON "app_users"("issuer", "subject");

-- CreateIndex
CREATE INDEX "role_assignments_user_id_idx" ON "role_assignments"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "sign_ins_sid_hash_key" ON "sign_ins"("sid_hash");

-- CreateIndex
CREATE INDEX "sign_ins_user_id_created_at_idx" ON "sign_ins"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "step_ups_sign_in_id_action_binding_idx" ON "step_ups"("sign_in_id", "action", "binding");

-- CreateIndex
CREATE UNIQUE INDEX "api_tokens_token_hash_key" ON "api_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "api_tokens_user_id_idx" ON "api_tokens"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_code_hash_key" ON "invitations"("code_hash");

-- CreateIndex
CREATE INDEX "sign_in_attempts_key_at_idx" ON "sign_in_attempts"("key", "at");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE INDEX "second_person_requests_subject_kind_subject_id_idx" ON "second_person_requests"("subject_kind", "subject_id");

-- CreateIndex
CREATE INDEX "audit_events_type_id_idx" ON "audit_events"("type", "id");

-- CreateIndex
CREATE INDEX "audit_events_subject_kind_subject_id_id_idx" ON "audit_events"("subject_kind", "subject_id", "id");

-- CreateIndex
CREATE INDEX "audit_events_actor_id_id_idx" ON "audit_events"("actor_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_leaves_event_id_key" ON "audit_leaves"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "checkpoints_tree_size_key" ON "checkpoints"("tree_size");

-- CreateIndex
CREATE INDEX "items_campaign_id_reviewer_id_order_key_id_idx" ON "items"("campaign_id", "reviewer_id", "order_key", "id");

-- CreateIndex
CREATE INDEX "assignments_campaign_id_item_id_idx" ON "assignments"("campaign_id", "item_id");

-- CreateIndex
CREATE INDEX "decisions_campaign_id_item_id_decided_at_idx" ON "decisions"("campaign_id", "item_id", "decided_at");

-- CreateIndex
CREATE UNIQUE INDEX "decisions_campaign_id_item_id_item_version_key" ON "decisions"("campaign_id", "item_id", "item_version");

-- CreateIndex
CREATE INDEX "submissions_campaign_id_reviewer_id_idx" ON "submissions"("campaign_id", "reviewer_id");

-- CreateIndex
CREATE INDEX "evidence_packs_campaign_id_created_at_idx" ON "evidence_packs"("campaign_id", "created_at");

-- CreateIndex
CREATE INDEX "evidence_access_pack_id_at_idx" ON "evidence_access"("pack_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "sources_name_key" ON "sources"("name");

-- CreateIndex
CREATE INDEX "source_files_source_id_uploaded_at_idx" ON "source_files"("source_id", "uploaded_at");

-- CreateIndex
CREATE INDEX "sync_runs_source_id_started_at_idx" ON "sync_runs"("source_id", "started_at");

-- CreateIndex
CREATE INDEX "rejected_records_run_id_stream_id_idx" ON "rejected_records"("run_id", "stream", "id");

-- CreateIndex
CREATE INDEX "people_manager_id_idx" ON "people"("manager_id");

-- CreateIndex
CREATE UNIQUE INDEX "people_source_id_external_id_key" ON "people"("source_id", "external_id");

-- CreateIndex
CREATE INDEX "identities_person_id_idx" ON "identities"("person_id");

-- CreateIndex
CREATE INDEX "identities_owner_id_idx" ON "identities"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "identities_source_id_external_id_key" ON "identities"("source_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "resources_source_id_external_id_key" ON "resources"("source_id", "external_id");

-- CreateIndex
CREATE INDEX "entitlements_resource_id_idx" ON "entitlements"("resource_id");

-- CreateIndex
CREATE UNIQUE INDEX "entitlements_source_id_external_id_key" ON "entitlements"("source_id", "external_id");

-- CreateIndex
CREATE INDEX "trusts_identity_id_idx" ON "trusts"("identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "trusts_source_id_external_id_key" ON "trusts"("source_id", "external_id");

-- CreateIndex
CREATE INDEX "credentials_identity_id_idx" ON "credentials"("identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "credentials_source_id_external_id_key" ON "credentials"("source_id", "external_id");

-- CreateIndex
CREATE INDEX "factors_identity_id_idx" ON "factors"("identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "factors_source_id_external_id_key" ON "factors"("source_id", "external_id");

-- CreateIndex
CREATE INDEX "sessions_identity_id_idx" ON "sessions"("identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_source_id_external_id_key" ON "sessions"("source_id", "external_id");

-- CreateIndex
CREATE INDEX "entitlement_versions_entitlement_id_seen_at_idx" ON "entitlement_versions"("entitlement_id", "seen_at");

-- CreateIndex
CREATE INDEX "grants_holder_id_idx" ON "grants"("holder_id");

-- CreateIndex
CREATE INDEX "grants_entitlement_id_idx" ON "grants"("entitlement_id");

-- CreateIndex
CREATE INDEX "grants_opened_run_id_idx" ON "grants"("opened_run_id");

-- CreateIndex
CREATE INDEX "entitlement_closure_reached_id_idx" ON "entitlement_closure"("reached_id");

-- CreateIndex
CREATE INDEX "inventory_changes_stream_record_id_id_idx" ON "inventory_changes"("stream", "record_id", "id");

-- CreateIndex
CREATE INDEX "inventory_changes_run_id_idx" ON "inventory_changes"("run_id");

-- CreateIndex
CREATE INDEX "identity_person_matches_identity_id_state_idx" ON "identity_person_matches"("identity_id", "state");

-- CreateIndex
CREATE INDEX "identity_person_matches_person_id_idx" ON "identity_person_matches"("person_id");

-- CreateIndex
CREATE INDEX "remediations_state_sla_due_at_idx" ON "remediations"("state", "sla_due_at");

-- CreateIndex
CREATE INDEX "remediations_source_id_state_idx" ON "remediations"("source_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "remediations_campaign_id_item_id_decision_id_key" ON "remediations"("campaign_id", "item_id", "decision_id");

-- CreateIndex
CREATE INDEX "remediation_events_remediation_id_at_idx" ON "remediation_events"("remediation_id", "at");

-- AddForeignKey
ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_ins" ADD CONSTRAINT "sign_ins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "step_ups" ADD CONSTRAINT "step_ups_sign_in_id_fkey" FOREIGN KEY ("sign_in_id") REFERENCES "sign_ins"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "populations" ADD CONSTRAINT "populations_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "submissions" ADD CONSTRAINT "submissions_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_offs" ADD CONSTRAINT "sign_offs_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source_files" ADD CONSTRAINT "source_files_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sync_runs" ADD CONSTRAINT "sync_runs_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sync_streams" ADD CONSTRAINT "sync_streams_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "sync_runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "people" ADD CONSTRAINT "people_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identities" ADD CONSTRAINT "identities_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resources" ADD CONSTRAINT "resources_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trusts" ADD CONSTRAINT "trusts_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "factors" ADD CONSTRAINT "factors_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_entitlement_id_fkey" FOREIGN KEY ("entitlement_id") REFERENCES "entitlements"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "remediation_events" ADD CONSTRAINT "remediation_events_remediation_id_fkey" FOREIGN KEY ("remediation_id") REFERENCES "remediations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
