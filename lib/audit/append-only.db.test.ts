import pg from "pg";
import { expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { recordAudit } from "./record.ts";

const database = ownTestDatabase();
const ctx = { actor: systemActor("audit.seal"), now: new Date("2026-11-23T08:00:00Z"), requestId: "test" };
const event = { type: "instance.created", subject: { kind: "instance", id: "1", label: "one" }, data: { demo: false } } as const;

const state = async () =>
  JSON.stringify(
    await reader.rows(
      `SELECT (SELECT json_agg(e ORDER BY id) FROM audit_events e) AS events, (SELECT json_agg(v) FROM audit_values v) AS values,
        (SELECT json_agg((tgname, tgenabled) ORDER BY tgname) FROM pg_trigger WHERE tgrelid = 'audit_events'::regclass) AS triggers,
        (SELECT relacl::text FROM pg_class WHERE oid = 'audit_events'::regclass) AS acl`,
    ),
  );

/** reliability.md: what someone with the app's own database role may try. GRANT to itself only warns, so the rights are compared too. */
const ATTACKS: readonly [string, string][] = [
  ["UPDATE", "UPDATE audit_events SET body = '{}'"],
  ["UPDATE of the time", "UPDATE audit_events SET recorded_at = now()"],
  ["DELETE", "DELETE FROM audit_events"],
  ["TRUNCATE", "TRUNCATE audit_events"],
  ["a forged sequence", "INSERT INTO audit_events (id, body) OVERRIDING SYSTEM VALUE VALUES (1000000, '{}')"],
  ["a forged time", "INSERT INTO audit_events (recorded_at, body) VALUES ('2020-01-01Z', '{}')"],
  ["an upsert as rewrite", "INSERT INTO audit_events (body) VALUES ('{}') ON CONFLICT (id) DO UPDATE SET body = '{}'"],
  ["DISABLE TRIGGER", "ALTER TABLE audit_events DISABLE TRIGGER ALL"],
  ["DROP TRIGGER", "DROP TRIGGER append_only ON audit_events"],
  ["DROP TABLE", "DROP TABLE audit_events"],
  ["RENAME", "ALTER TABLE audit_events RENAME TO elsewhere"],
  ["session_replication_role", "SET session_replication_role = replica"],
  [
    "SET ROLE to the owner",
    "DO $$ BEGIN EXECUTE format('SET ROLE %I', (SELECT tableowner FROM pg_tables WHERE tablename = 'audit_events')); END $$",
  ],
  ["CREATE TRIGGER", "CREATE TRIGGER mine BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change()"],
  ["CREATE RULE", "CREATE RULE mine AS ON INSERT TO audit_events DO INSTEAD NOTHING"],
  ["a replaced trigger function", "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"],
  ["DROP SCHEMA", "DROP SCHEMA public CASCADE"],
  ["COPY FROM PROGRAM", "COPY audit_values FROM PROGRAM 'true'"],
  ["setval", "SELECT setval('audit_events_id_seq', 1)"],
  ["pg_read_file", "SELECT pg_read_file('PG_VERSION')"],
  ["a lock against readers", "LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE"],
  ["a lock against writers", "LOCK TABLE audit_events IN SHARE MODE"],
  ["a lock against sealing", "LOCK TABLE audit_leaves IN EXCLUSIVE MODE"],
  ["a new table in the schema", "CREATE TABLE public.mine ()"],
  ["a leaf of its own", "INSERT INTO audit_leaves (leaf_index, event_id) VALUES (1000000, 1)"],
  ["a node of its own", "INSERT INTO audit_nodes (level, index, hash) VALUES (0, 1000000, '\\x00')"],
  ["a checkpoint of its own", "INSERT INTO checkpoints (tree_size, root_hash, note, key_id) VALUES (9, '\\x00', '', '')"],
  ["a rewritten value", "UPDATE audit_values SET value = '\"x\"'"],
  ["dropped values", "DELETE FROM audit_values"],
  ["GRANT to itself", "GRANT ALL ON audit_events TO CURRENT_USER"],
  ["the owner's grants", "SELECT countersign_grants(current_user::text, current_user::text, current_user::text)"],
];

it.each(ATTACKS)("the app's role cannot change history by %s", async (_name, attack) => {
  await transactPg(ctx, (tx) => recordAudit(tx, ctx, event));
  const before = await state();
  const attacker = new pg.Client({ connectionString: database.app });
  await attacker.connect();
  const inTransaction = attack.startsWith("LOCK");
  if (inTransaction) await attacker.query("BEGIN");
  const outcome = await attacker.query(attack).then(
    () => "accepted",
    (error: pg.DatabaseError) => error.code ?? "refused",
  );
  await attacker.end();
  expect(await state()).toBe(before);
  if (!attack.startsWith("GRANT")) expect(outcome).not.toBe("accepted");
});

it("the app's role cannot end another role's connection", async () => {
  const owner = new pg.Client({ connectionString: database.owner });
  await owner.connect();
  const pid = (await owner.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;
  await expect(reader.rows("SELECT pg_terminate_backend($1::int)", [pid])).rejects.toThrow(
    /permission denied|must be a member of the role/,
  );
  expect((await owner.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  await owner.end();
});

it("changes nothing when the audit row cannot be written", async () => {
  const attempt = transactPg(ctx, async (tx) => {
    await tx.rows("INSERT INTO settings (key, value) VALUES ('unaudited', '1')");
    await recordAudit(tx, ctx, { ...event, data: { demo: "yes" } as unknown as { demo: boolean } });
  });
  await expect(attempt).rejects.toThrow();
  expect(await reader.rows("SELECT key FROM settings WHERE key = 'unaudited'")).toEqual([]);
});
