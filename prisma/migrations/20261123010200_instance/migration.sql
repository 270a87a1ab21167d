-- The instance's own id: the origin of its checkpoints ("countersign/<id>"), so that two instances with one key are told apart. One row.
INSERT INTO "settings" ("key", "value") VALUES ('instance.id', to_jsonb(gen_random_uuid()::text));
