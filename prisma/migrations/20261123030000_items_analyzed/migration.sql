-- A campaign's items are known to the planner from the moment they are attached: without statistics the first reads after a freeze sort the
-- whole partition for every page. Replaces a function only; no rows, no locks.

CREATE OR REPLACE FUNCTION attach_items_heap(campaign uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE part text := partition_name('items', campaign);
BEGIN
  EXECUTE format('REVOKE ALL ON %I FROM %I', part, session_user);
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (campaign_id, id)', part);
  EXECUTE format('CREATE INDEX ON %I (campaign_id, reviewer_id, order_key, id)', part);
  EXECUTE format('ANALYZE %I', part);
  EXECUTE format('ALTER TABLE items ATTACH PARTITION %I FOR VALUES IN (%L)', part, campaign);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', part, part || '_campaign');
END $$;
