-- What ingest needs of DDL, as the owner's functions (the app has none), and the indexes of grants in the order that its questions ask.
-- Rebuilding the three indexes locks grants for as long as they take to build, about a second for each million rows.

-- One unique index answers "what does this holder hold now" and keeps the live key; ended rows, the fewer, have one of their own.
DROP INDEX "grants_live_key";
DROP INDEX "grants_holder_id_idx";
CREATE UNIQUE INDEX "grants_live_key" ON "grants" ("holder_id", "entitlement_id", "source_id") WHERE "ended_run_id" IS NULL;
CREATE INDEX "grants_ended_holder_id_idx" ON "grants" ("holder_id") WHERE "ended_run_id" IS NOT NULL;
-- The edges that the closure is made of: few among many.
CREATE INDEX "grants_edges_idx" ON "grants" ("holder_id", "entitlement_id") WHERE "holder_kind" = 'entitlement' AND "ended_run_id" IS NULL;
-- A run's rows lie together and run ids ascend: a few kilobytes do for what a tree would spend a tenth of the table on.
DROP INDEX "grants_opened_run_id_idx";
CREATE INDEX "grants_opened_run_id_idx" ON "grants" USING BRIN ("opened_run_id");

CREATE INDEX "people_mail_idx" ON "people" (lower("mail"));
CREATE INDEX "sync_runs_held_idx" ON "sync_runs" ("source_id") WHERE "state" = 'HELD';

-- Never raises, unlike a cast: PostgreSQL 16 has it built in, 15 pays with a subtransaction.
DO $make$
BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN
    EXECUTE $f$CREATE FUNCTION is_instant(value text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
      SELECT pg_input_is_valid(value, 'timestamptz') $$ $f$;
  ELSE
    EXECUTE $f$CREATE FUNCTION is_instant(value text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
      BEGIN PERFORM value::timestamptz; RETURN true; EXCEPTION WHEN data_exception THEN RETURN false; END $$ $f$;
  END IF;
END
$make$;

CREATE FUNCTION staging_prefix(run uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'r' || replace(run::text, '-', '') || '_' $$;

-- Whoever may start runs may fill what is made for one. Read from the rights of sync_runs, so that it holds in a copied or renamed database.
CREATE FUNCTION share_with_runners(made regclass) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE runner regrole;
BEGIN
  FOR runner IN SELECT DISTINCT acl.grantee::regrole FROM pg_class c, aclexplode(c.relacl) acl
    WHERE c.oid = 'sync_runs'::regclass AND acl.privilege_type = 'INSERT' AND acl.grantee NOT IN (0, c.relowner) LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s', made, runner);
  END LOOP;
END $$;

CREATE FUNCTION assert_run(run uuid, VARIADIC states sync_run_state[]) RETURNS void LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM sync_runs WHERE id = run AND state = ANY (states)) THEN
    RAISE EXCEPTION 'run % is not in %', run, states USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
END $$;

CREATE FUNCTION assert_stream(stream text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF stream <> ALL (ARRAY['people', 'identities', 'resources', 'entitlements', 'grants', 'trusts', 'credentials', 'factors', 'sessions']) THEN
    RAISE EXCEPTION 'no stream %', stream USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;

-- Staging of one stream of one run, all text, and its ledger emptied with it. Unlogged: a crash empties it, and the ledger tells.
CREATE FUNCTION open_staging(run uuid, stream text, columns text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text := staging_prefix(run) || stream;
BEGIN
  PERFORM assert_run(run, 'RUNNING');
  PERFORM assert_stream(stream);
  IF cardinality(columns) NOT BETWEEN 1 AND 100 OR EXISTS (SELECT FROM unnest(columns) c WHERE c IS NULL OR c !~ '^[a-z][a-z_]{0,40}$') THEN
    RAISE EXCEPTION 'bad columns' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  EXECUTE format('DROP TABLE IF EXISTS staging.%I', name);
  EXECUTE format('CREATE UNLOGGED TABLE staging.%I (page integer NOT NULL DEFAULT 1, %s) WITH (autovacuum_enabled = false)', name,
    (SELECT string_agg(format('%I text', c), ', ' ORDER BY at) FROM unnest(columns) WITH ORDINALITY u (c, at)));
  PERFORM share_with_runners(format('staging.%I', name)::regclass);
  DELETE FROM sync_pages p WHERE p.run_id = run AND p.stream = open_staging.stream;
END $$;

-- COPY has no constants: the page of a file's rows is the column's default.
CREATE FUNCTION set_staging_page(run uuid, stream text, page integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM assert_run(run, 'RUNNING');
  PERFORM assert_stream(stream);
  EXECUTE format('ALTER TABLE staging.%I ALTER COLUMN page SET DEFAULT %s', staging_prefix(run) || stream, page);
END $$;

-- The difference of one staged stream to the live rows: the live table's columns, nullable, and what to do with each.
CREATE FUNCTION open_difference(run uuid, stream text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text := staging_prefix(run) || stream || '_diff';
BEGIN
  PERFORM assert_run(run, 'RUNNING', 'HELD');
  PERFORM assert_stream(stream);
  EXECUTE format('DROP TABLE IF EXISTS staging.%I', name);
  EXECUTE format('CREATE UNLOGGED TABLE staging.%I WITH (autovacuum_enabled = false) AS
    SELECT NULL::text AS op, NULL::integer AS page, NULL::tid AS place, NULL::integer AS problem, t.* FROM public.%I t WITH NO DATA', name, stream);
  PERFORM share_with_runners(format('staging.%I', name)::regclass);
END $$;

-- Rows of a held run outlive a crash: the tables are rewritten as logged ones.
CREATE FUNCTION hold_staging(run uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text;
BEGIN
  PERFORM assert_run(run, 'HELD');
  FOR name IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'staging'::regnamespace AND c.relkind = 'r'
    AND starts_with(c.relname, staging_prefix(run)) AND c.relpersistence = 'u' AND c.relname !~ '_diff$' LOOP
    EXECUTE format('ALTER TABLE staging.%I SET LOGGED', name);
  END LOOP;
END $$;

-- Differences only, or everything of a run that is over.
CREATE FUNCTION drop_staging(run uuid, differences_only boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text;
BEGIN
  IF NOT differences_only THEN PERFORM assert_run(run, 'APPLIED', 'FAILED', 'REJECTED', 'SUPERSEDED'); END IF;
  FOR name IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'staging'::regnamespace AND c.relkind = 'r'
    AND starts_with(c.relname, staging_prefix(run)) AND (NOT differences_only OR c.relname ~ '_diff$') LOOP
    EXECUTE format('DROP TABLE staging.%I', name);
  END LOOP;
END $$;

-- A source's first grants are loaded into a bare table of their own that nobody sees, then checked, indexed and attached: several times
-- faster than inserting under constraints, indexes and keys.
CREATE FUNCTION open_grants_heap(source uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE part text := partition_name('grants', source);
BEGIN
  IF NOT EXISTS (SELECT FROM sources WHERE id = source) THEN RAISE EXCEPTION 'no such source'; END IF;
  PERFORM drop_grants_heap(source);
  EXECUTE format('CREATE TABLE %I (LIKE grants INCLUDING DEFAULTS)', part);
  PERFORM share_with_runners(part::regclass);
  RETURN part;
END $$;

CREATE FUNCTION has_grants_partition(source uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT relispartition FROM pg_class WHERE oid = to_regclass(format('%I', partition_name('grants', source)))), false) $$;

CREATE FUNCTION drop_grants_heap(source uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF has_grants_partition(source) THEN RAISE EXCEPTION 'the source''s grants are live' USING ERRCODE = 'object_not_in_prerequisite_state'; END IF;
  EXECUTE format('DROP TABLE IF EXISTS %I', partition_name('grants', source));
END $$;

-- False where two rows have one key: the caller then sorts out which is refused.
CREATE FUNCTION key_grants_heap(source uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '128MB' AS $$
DECLARE part text := partition_name('grants', source);
BEGIN
  IF has_grants_partition(source) THEN RAISE EXCEPTION 'the source''s grants are live' USING ERRCODE = 'object_not_in_prerequisite_state'; END IF;
  EXECUTE format('CREATE UNIQUE INDEX ON %I (holder_id, entitlement_id, source_id) WHERE ended_run_id IS NULL', part);
  RETURN true;
EXCEPTION WHEN unique_violation THEN RETURN false;
END $$;

-- The parent's own checks and indexes, whatever they are by then, so that attaching builds nothing and believes nothing.
CREATE FUNCTION attach_grants_heap(source uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '128MB' AS $$
DECLARE part text := partition_name('grants', source);
  runner regrole;
  checks text;
BEGIN
  FOR runner IN SELECT DISTINCT acl.grantee::regrole FROM pg_class c, aclexplode(c.relacl) acl WHERE c.oid = part::regclass AND acl.grantee NOT IN (0, c.relowner) LOOP
    EXECUTE format('REVOKE ALL ON %I FROM %s', part, runner);
  END LOOP;
  SELECT string_agg(format(', ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), '') INTO checks
    FROM pg_constraint WHERE conrelid = 'grants'::regclass AND contype = 'c';
  EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (source_id = %L)%s', part, part || '_source', source, checks);
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (source_id, id)', part);
  EXECUTE format('CREATE INDEX ON %I (entitlement_id)', part);
  EXECUTE format('CREATE INDEX ON %I USING BRIN (opened_run_id)', part);
  EXECUTE format('CREATE INDEX ON %I (ended_run_id) WHERE ended_run_id IS NOT NULL', part);
  EXECUTE format('CREATE INDEX ON %I (holder_id) WHERE ended_run_id IS NOT NULL', part);
  EXECUTE format('CREATE INDEX ON %I (holder_id, entitlement_id) WHERE holder_kind = ''entitlement'' AND ended_run_id IS NULL', part);
  EXECUTE format('ALTER TABLE grants ATTACH PARTITION %I FOR VALUES IN (%L)', part, source);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', part, part || '_source');
END $$;

-- Fresh figures for the planner after a load; only the owner may ask for them.
CREATE FUNCTION analyze_inventory(source uuid, streams text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET default_statistics_target = 25 AS $$
DECLARE stream text;
BEGIN
  FOREACH stream IN ARRAY streams LOOP
    PERFORM assert_stream(stream);
    IF stream <> 'grants' THEN EXECUTE format('ANALYZE %I', stream);
    ELSIF has_grants_partition(source) THEN EXECUTE format('ANALYZE %I', partition_name('grants', source));
    END IF;
  END LOOP;
END $$;

-- The entitlements from the first to the last, both included, along `via`; null where the last is not reached.
CREATE FUNCTION access_path(first uuid, last uuid) RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  WITH RECURSIVE walk (at, way) AS (
    SELECT last, ARRAY[last]
    UNION ALL
    SELECT c.via_id, c.via_id || way FROM walk w JOIN entitlement_closure c ON c.holder_id = first AND c.reached_id = w.at
    WHERE w.at <> first AND NOT c.via_id = ANY (way)
  )
  SELECT way FROM walk WHERE at = first LIMIT 1 $$;

DO $grant$
DECLARE db text := current_database();
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_app') AND EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_sealer')
    AND EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_reader') THEN
    PERFORM countersign_grants(db || '_app', db || '_sealer', db || '_reader');
  END IF;
END $grant$;
