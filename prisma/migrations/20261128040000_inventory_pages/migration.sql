-- The page of an identity lists its latest reviews, which no index led to: every campaign's items were read for it. Adds an index and no rows.
-- Campaigns frozen before get it now, about half a second for a million items, in which nobody decides there; later ones get it when they are attached.

CREATE INDEX "items_identity_id_idx" ON "items"("identity_id");
