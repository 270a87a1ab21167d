-- A fresh population gets rough statistics of the columns that its first reads choose their plan by; sampling all fifty finely took as long
-- as writing a hundred thousand items. Autovacuum does the rest later. Replaces a function only; no rows, no locks.

CREATE OR REPLACE FUNCTION attach_items_heap(campaign uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp SET default_statistics_target = 10 AS $$
DECLARE part text := partition_name('items', campaign);
BEGIN
  EXECUTE format('REVOKE ALL ON %I FROM %I', part, session_user);
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (campaign_id, id)', part);
  EXECUTE format('CREATE INDEX ON %I (campaign_id, reviewer_id, order_key, id)', part);
  EXECUTE format('ANALYZE %I (campaign_id, id, source_id, reviewer_id, order_key, identity_id, entitlement_id, person_id, state, risk_class)', part);
  EXECUTE format('ALTER TABLE items ATTACH PARTITION %I FOR VALUES IN (%L)', part, campaign);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', part, part || '_campaign');
END $$;
