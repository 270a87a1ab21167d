-- What evidence rests on, as constraints, triggers, definer functions and grants. New tables only: nothing to backfill, no lock that matters.

ALTER TABLE "people"
  ADD CONSTRAINT "people_employment_check" CHECK ("employment" IN ('employee', 'contractor', 'vendor', 'unknown')),
  ADD CONSTRAINT "people_status_check" CHECK ("status" IN ('active', 'left', 'unknown'));

ALTER TABLE "identities"
  ADD CONSTRAINT "identities_class_check" CHECK ("class" IN ('human', 'service', 'pipeline', 'workload', 'app', 'shared', 'break_glass', 'unknown')),
  ADD CONSTRAINT "identities_status_check" CHECK ("status" IN ('active', 'disabled', 'deleted', 'unknown')),
  ADD CONSTRAINT "identities_origin_check" CHECK ("origin" IN ('console', 'infrastructure_as_code', 'provisioning', 'unknown')),
  ADD CONSTRAINT "identities_environment_check" CHECK ("environment" IN ('dev', 'test', 'prod', 'shared', 'unknown')),
  ADD CONSTRAINT "identities_interactive_check" CHECK ("interactive" IN ('yes', 'no', 'unknown')),
  ADD CONSTRAINT "identities_created_check" CHECK ("created_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("created_kind" = 'value') = ("created_at" IS NOT NULL)),
  ADD CONSTRAINT "identities_last_used_check" CHECK ("last_used_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("last_used_kind" = 'value') = ("last_used_at" IS NOT NULL));

ALTER TABLE "resources"
  ADD CONSTRAINT "resources_class_check" CHECK ("class" IN ('code_repo', 'build_server', 'artifact_store', 'deployment_target', 'secret_store', 'cloud_account', 'database', 'cluster', 'directory_group', 'role', 'other')),
  ADD CONSTRAINT "resources_environment_check" CHECK ("environment" IN ('dev', 'test', 'prod', 'shared', 'unknown')),
  ADD CONSTRAINT "resources_sensitivity_check" CHECK ("sensitivity" IN ('public', 'internal', 'confidential', 'restricted', 'unknown'));

ALTER TABLE "entitlements"
  ADD CONSTRAINT "entitlements_privileged_check" CHECK ("privileged" IN ('yes', 'no', 'unknown'));

ALTER TABLE "grants"
  ADD CONSTRAINT "grants_holder_kind_check" CHECK ("holder_kind" IN ('identity', 'entitlement')),
  ADD CONSTRAINT "grants_started_check" CHECK ("started_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("started_kind" = 'value') = ("started_at" IS NOT NULL)),
  ADD CONSTRAINT "grants_expires_check" CHECK ("expires_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("expires_kind" = 'value') = ("expires_at" IS NOT NULL)),
  ADD CONSTRAINT "grants_last_used_check" CHECK ("last_used_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("last_used_kind" = 'value') = ("last_used_at" IS NOT NULL));

ALTER TABLE "credentials"
  ADD CONSTRAINT "credentials_kind_check" CHECK ("kind" IN ('key', 'token', 'certificate', 'password', 'unknown')),
  ADD CONSTRAINT "credentials_created_check" CHECK ("created_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("created_kind" = 'value') = ("created_at" IS NOT NULL)),
  ADD CONSTRAINT "credentials_expires_check" CHECK ("expires_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("expires_kind" = 'value') = ("expires_at" IS NOT NULL)),
  ADD CONSTRAINT "credentials_rotated_check" CHECK ("rotated_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("rotated_kind" = 'value') = ("rotated_at" IS NOT NULL)),
  ADD CONSTRAINT "credentials_rotation_check" CHECK ("rotation" IN ('automatic', 'by_hand', 'none', 'unknown')),
  ADD CONSTRAINT "credentials_last_used_check" CHECK ("last_used_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("last_used_kind" = 'value') = ("last_used_at" IS NOT NULL));

ALTER TABLE "factors"
  ADD CONSTRAINT "factors_kind_check" CHECK ("kind" IN ('security_key', 'passkey', 'authenticator_app', 'push', 'sms_or_voice', 'email', 'backup_code', 'unknown')),
  ADD CONSTRAINT "factors_phishing_resistant_check" CHECK ("phishing_resistant" IN ('yes', 'no', 'unknown')),
  ADD CONSTRAINT "factors_enrolled_check" CHECK ("enrolled_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("enrolled_kind" = 'value') = ("enrolled_at" IS NOT NULL)),
  ADD CONSTRAINT "factors_last_used_check" CHECK ("last_used_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("last_used_kind" = 'value') = ("last_used_at" IS NOT NULL));

ALTER TABLE "sessions"
  ADD CONSTRAINT "sessions_started_check" CHECK ("started_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("started_kind" = 'value') = ("started_at" IS NOT NULL)),
  ADD CONSTRAINT "sessions_last_active_check" CHECK ("last_active_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("last_active_kind" = 'value') = ("last_active_at" IS NOT NULL)),
  ADD CONSTRAINT "sessions_privileged_check" CHECK ("privileged" IN ('yes', 'no', 'unknown'));

ALTER TABLE "items"
  ADD CONSTRAINT "items_started_check" CHECK ("started_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("started_kind" = 'value') = ("started_at" IS NOT NULL)),
  ADD CONSTRAINT "items_expires_check" CHECK ("expires_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("expires_kind" = 'value') = ("expires_at" IS NOT NULL)),
  ADD CONSTRAINT "items_last_used_check" CHECK ("last_used_kind" IN ('value', 'never', 'unknown', 'not_supported') AND ("last_used_kind" = 'value') = ("last_used_at" IS NOT NULL));

-- One live one per key.
CREATE UNIQUE INDEX "grants_live_key" ON "grants" ("source_id", "holder_id", "entitlement_id") WHERE "ended_run_id" IS NULL;
CREATE INDEX "grants_ended_run_id_idx" ON "grants" ("ended_run_id") WHERE "ended_run_id" IS NOT NULL;
CREATE UNIQUE INDEX "role_assignments_live_key" ON "role_assignments" ("user_id", "role") WHERE "ended_at" IS NULL;
CREATE UNIQUE INDEX "identity_person_matches_live_key" ON "identity_person_matches" ("identity_id") WHERE "state" = 'matched';
CREATE UNIQUE INDEX "sync_runs_running_key" ON "sync_runs" ("source_id") WHERE "state" = 'RUNNING';

ALTER TABLE "grants" ADD CONSTRAINT "grants_end_check" CHECK (("ended_run_id" IS NULL) = ("ended_at" IS NULL));
ALTER TABLE "sync_streams" ADD CONSTRAINT "sync_streams_read_check" CHECK ("read" = "kept" + "excluded" + "rejected"),
  ADD CONSTRAINT "sync_streams_completeness_check" CHECK ("completeness" IN ('complete', 'partial', 'unavailable'));
ALTER TABLE "sources" ADD CONSTRAINT "sources_drop_threshold_check" CHECK ("drop_threshold" BETWEEN 0 AND 100);
ALTER TABLE "second_person_requests" ADD CONSTRAINT "second_person_requests_second_check" CHECK ("confirmed_by" IS DISTINCT FROM "requested_by" OR "confirmed_by" IS NULL),
  ADD CONSTRAINT "second_person_requests_state_check" CHECK ("state" IN ('pending', 'confirmed', 'withdrawn') AND ("state" = 'confirmed') = ("confirmed_by" IS NOT NULL));
ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_role_check" CHECK ("role" IN
  ('reviewer', 'campaign_manager', 'security_analyst', 'exception_approver', 'auditor', 'platform_engineer', 'administrator'));
ALTER TABLE "identity_person_matches" ADD CONSTRAINT "identity_person_matches_check" CHECK ("method" IN ('exact_id', 'mail', 'name', 'by_hand')
  AND "state" IN ('matched', 'proposed', 'refused', 'undone') AND "score" BETWEEN 0 AND 100);
ALTER TABLE "items" ADD CONSTRAINT "items_risk_class_check" CHECK ("risk_class" IN ('low', 'ordinary', 'high', 'critical')),
  ADD CONSTRAINT "items_privileged_check" CHECK ("privileged" IN ('yes', 'no', 'unknown')),
  ADD CONSTRAINT "items_answer_check" CHECK ("answer" IN ('keep', 'revoke', 'abstain')),
  ADD CONSTRAINT "items_outcome_check" CHECK ("outcome" IN ('KEEP', 'REVOKE', 'ABSTAIN', 'UNANSWERED')),
  ADD CONSTRAINT "items_void_check" CHECK (("state" = 'VOIDED') = ("void_reason" IS NOT NULL)
    AND "void_reason" IN ('SUBJECT_GONE', 'ACCESS_GONE', 'DUPLICATE', 'OUT_OF_SCOPE'));
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_answer_check" CHECK ("answer" IN ('keep', 'revoke', 'abstain', 'withdrawn')),
  ADD CONSTRAINT "decisions_rationale_check" CHECK ("answer" <> 'revoke' OR length(trim("rationale")) > 0);
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_hop_check" CHECK ("from_id" IS DISTINCT FROM "to_id");

-- Append-only: nobody's UPDATE, DELETE or TRUNCATE gets through, whatever session_replication_role says.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

DO $each$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_events', 'audit_leaves', 'audit_nodes', 'checkpoints', 'decisions', 'assignments', 'submissions',
    'sign_offs', 'remediation_events', 'evidence_access', 'evidence_packs', 'entitlement_versions', 'inventory_changes'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only_truncate', name);
  END LOOP;
END $each$;

-- Audit values may be emptied by retention (the owner's function, later), never rewritten.
CREATE TRIGGER no_rewrite BEFORE UPDATE ON "audit_values" FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE "audit_values" ENABLE ALWAYS TRIGGER no_rewrite;

-- An item's facts are those of the freeze; only its working columns move, and none once it is final.
CREATE TRIGGER items_frozen BEFORE UPDATE OF "campaign_id", "id", "kind", "source_id", "grant_id", "identity_id", "entitlement_id", "resource_id",
  "person_id", "source_name", "identity_name", "identity_external_id", "identity_class", "identity_status", "person_name", "person_title",
  "department", "owner_name", "entitlement_name", "entitlement_external_id", "entitlement_digest", "meaning", "resource_name", "resource_class",
  "environment", "sensitivity", "privileged", "reaches", "reach_count", "also_held_by", "started_kind", "started_at", "expires_kind", "expires_at",
  "last_used_kind", "last_used_at", "granted_by", "opened_run_id", "observed_run_id", "factors", "risk_class", "risk_reasons",
  "first_reviewer_id", "reviewer_rule", "passed_over", "order_key", "follows_item_id", "follows_campaign_id"
  ON "items" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER items_final BEFORE UPDATE ON "items" FOR EACH ROW WHEN (OLD."state" = 'FINAL') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER items_kept BEFORE DELETE ON "items" FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What the app needs of DDL: the owner's functions, each checking what it is asked.
CREATE FUNCTION partition_name(parent text, key uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT parent || '_' || replace(key::text, '-', '') $$;

-- A source's partition of grants, made when its first run is reconciled. Empty and small: indexes come with the attachment.
CREATE FUNCTION ensure_grants_partition(source uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE part text := partition_name('grants', source);
BEGIN
  IF to_regclass(format('%I', part)) IS NOT NULL THEN RETURN; END IF;
  IF NOT EXISTS (SELECT FROM sources WHERE id = source) THEN RAISE EXCEPTION 'no such source'; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE grants INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
  EXECUTE format('ALTER TABLE grants ATTACH PARTITION %I FOR VALUES IN (%L)', part, source);
END $$;

-- A campaign's items are loaded into a bare heap, then keyed and attached in one go (several times faster than inserting under indexes).
CREATE FUNCTION open_items_heap(campaign uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE part text := partition_name('items', campaign);
BEGIN
  IF NOT EXISTS (SELECT FROM campaigns WHERE id = campaign AND state IN ('DRAFT', 'COLLECTING', 'BLOCKED')) THEN
    RAISE EXCEPTION 'the campaign is not collecting';
  END IF;
  EXECUTE format('DROP TABLE IF EXISTS %I', part);
  EXECUTE format('CREATE TABLE %I (LIKE items INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
  EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (campaign_id = %L)', part, part || '_campaign', campaign);
  EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', part, session_user);
  RETURN part;
END $$;

CREATE FUNCTION attach_items_heap(campaign uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE part text := partition_name('items', campaign);
BEGIN
  EXECUTE format('REVOKE ALL ON %I FROM %I', part, session_user);
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (campaign_id, id)', part);
  EXECUTE format('CREATE INDEX ON %I (campaign_id, reviewer_id, order_key, id)', part);
  EXECUTE format('ALTER TABLE items ATTACH PARTITION %I FOR VALUES IN (%L)', part, campaign);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', part, part || '_campaign');
END $$;

-- A population that was never launched may be discarded (its campaign's audit event keeps digest and counts).
CREATE FUNCTION discard_population(campaign uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM campaigns WHERE id = campaign AND launched_at IS NULL) THEN RAISE EXCEPTION 'the campaign was launched'; END IF;
  EXECUTE format('DROP TABLE IF EXISTS %I', partition_name('items', campaign));
  DELETE FROM populations WHERE campaign_id = campaign;
END $$;

/* Rights of the four roles. Called by this migration where the roles exist, and by whoever makes the database's roles later or copies the database. */
CREATE FUNCTION countersign_grants(app text, sealer text, reader text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
  EXECUTE format('REVOKE ALL ON SCHEMA public FROM PUBLIC');
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I, %I, %I', app, sealer, reader);
  EXECUTE format('GRANT USAGE ON SCHEMA staging TO %I', app);
  EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC');
  EXECUTE format('GRANT EXECUTE ON FUNCTION uuid7() TO %I, %I, %I', app, sealer, reader);
  EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO %I', app);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION countersign_grants(text, text, text) FROM %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app);
  FOREACH name IN ARRAY ARRAY['idempotency_keys', 'sign_in_attempts', 'entitlement_closure'] LOOP
    EXECUTE format('GRANT DELETE ON %I TO %I', name, app);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['decisions', 'assignments', 'submissions', 'sign_offs', 'remediation_events', 'evidence_access', 'evidence_packs',
    'entitlement_versions', 'inventory_changes', 'audit_values', 'populations'] LOOP
    EXECUTE format('REVOKE UPDATE ON %I FROM %I', name, app);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['audit_events', 'audit_leaves', 'audit_nodes', 'checkpoints'] LOOP
    EXECUTE format('REVOKE INSERT, UPDATE ON %I FROM %I', name, app);
  END LOOP;
  EXECUTE format('GRANT INSERT (body) ON audit_events TO %I', app);
  EXECUTE format('REVOKE ALL ON SEQUENCE audit_events_id_seq FROM %I', app);
  EXECUTE format('GRANT SELECT ON audit_events, audit_leaves, audit_nodes, checkpoints, settings TO %I', sealer);
  EXECUTE format('GRANT INSERT (leaf_index, event_id) ON audit_leaves TO %I', sealer);
  EXECUTE format('GRANT INSERT ON audit_nodes TO %I', sealer);
  EXECUTE format('GRANT INSERT (tree_size, root_hash, note, key_id) ON checkpoints TO %I', sealer);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', reader);
  FOREACH name IN ARRAY ARRAY['app_users', 'sign_ins', 'api_tokens', 'invitations', 'sources', 'idempotency_keys', '_prisma_migrations'] LOOP
    IF to_regclass(name) IS NOT NULL THEN EXECUTE format('REVOKE SELECT ON %I FROM %I', name, reader); END IF;
  END LOOP;
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN EXECUTE format('REVOKE INSERT, UPDATE ON _prisma_migrations FROM %I', app); END IF;
END $$;

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') AND EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_sealer')
    AND EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    PERFORM countersign_grants(db || '_app', db || '_sealer', db || '_reader');
  END IF;
END $grant$;
