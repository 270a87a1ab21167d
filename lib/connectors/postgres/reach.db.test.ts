import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SOURCE_VERSIONS } from "#lib/testing/source-server.ts";
import { SourceError } from "../contract.ts";
import { checkPostgres } from "./check.ts";
import { connect } from "./client.ts";
import { type PostgresConfig, postgresConfig } from "./schema.ts";
import { never, PASSWORDS, readAll, readOf, SUPERUSER_PASSWORD, startTestSource, type TestSource, using } from "./test-source.ts";

for (const { name, binaries } of SOURCE_VERSIONS) {
  const found = await binaries();
  describe.runIf(found)(`what can be reached on ${name}`, () => {
    let server: TestSource;
    beforeAll(async () => {
      server = await startTestSource(found);
    });
    afterAll(() => server?.stop());

    it("reads everything but sessions without pg_read_all_stats, and says so", async () => {
      const whole = await readAll(server.config());
      await server.run("REVOKE pg_read_all_stats, pg_read_all_settings FROM access_review_reader");
      try {
        await using(server.config(), async (connector) => {
          const { scopes, totals } = await connector.declare(never());
          expect(scopes.filter(({ isHeld }) => !isHeld).map((scope) => [scope.name, scope.isMandatory])).toEqual([
            ["pg_read_all_stats", false],
            ["pg_read_all_settings", false],
          ]);
          expect(totals.sessions).toBeUndefined();
          expect(await connector.read("sessions", null, never())).toMatchObject({
            records: [],
            next: null,
            completeness: { kind: "unavailable" },
          });
        });
        expect((await readAll(server.config())).identities).toEqual(whole.identities);
        expect((await checkPostgres(server.config(), never())).canRead).toBe(true);
      } finally {
        await server.run("GRANT pg_read_all_stats, pg_read_all_settings TO access_review_reader");
      }
      expect(await readAll(server.config())).toEqual(whole);
    });

    it("calls a database that it may not enter unknown, until the source leaves it out by name", async () => {
      await server.run("CREATE DATABASE closed_shop");
      await server.run("REVOKE CONNECT ON DATABASE closed_shop FROM PUBLIC");
      const wide = { databases: { only: ["demo_corp", "closed_shop"], except: [] } };
      const check = await checkPostgres(server.config(wide), never());
      expect(check.canRead).toBe(false);
      expect(check.missing).toMatchObject([{ name: "CONNECT on closed_shop", isMandatory: true, isHeld: false }]);
      expect(check.declared.totals.grants).toBeUndefined();
      for (const stream of ["resources", "entitlements", "grants"] as const) {
        const { completeness, records } = await readOf(server.config(wide), stream);
        expect(completeness).toMatchObject({ kind: "partial", reason: expect.stringContaining("closed_shop") });
        expect(records.length).toBeGreaterThan(0);
      }
      expect((await readOf(server.config(wide), "identities")).completeness).toEqual({ kind: "complete" });
      const without = { databases: { only: ["demo_corp", "closed_shop"], except: ["closed_*"] } };
      const { completeness, excluded } = await readOf(server.config(without), "resources");
      expect(completeness).toEqual({ kind: "complete" });
      expect(excluded["databases left out by name"]).toBeGreaterThan(0);
      expect((await checkPostgres(server.config(without), never())).canRead).toBe(true);
      await server.run("DROP DATABASE closed_shop");
    });

    it("folds away its own sessions but nobody's who only borrows the name, and never reads a statement", async () => {
      await server.run("CREATE ROLE impostor LOGIN PASSWORD 'impostor-secret'");
      const oid = await server.oids();
      const impostor = await connect(server.config(), { user: "impostor", password: "impostor-secret" }, "demo_corp", never());
      const admin = await connect(server.config(), { user: "postgres", password: SUPERUSER_PASSWORD }, "demo_corp", never());
      await impostor.rows("SELECT 'very-private' AS text");
      const { records, excluded } = await readOf(server.config({ exceptRoles: [] }), "sessions");
      await impostor.close();
      await admin.close();
      await server.run("DROP ROLE impostor");
      expect(records.map(({ identity, client, privileged, address }) => ({ identity, client, privileged, address }))).toEqual(
        expect.arrayContaining([
          { identity: `role:${oid("impostor")}`, client: "countersign", privileged: "no", address: "127.0.0.1" },
          { identity: `role:${oid("postgres")}`, client: "countersign", privileged: "yes", address: "127.0.0.1" },
        ]),
      );
      expect(excluded["Countersign's own sessions"]).toBe(1);
      expect(JSON.stringify(records)).not.toContain("very-private");
    });

    it("believes the system's catalogues, not what a schema of the source puts in front of them", async () => {
      const before = await readAll(server.config());
      await server.run(
        `CREATE SCHEMA evil; CREATE VIEW evil.pg_roles AS SELECT * FROM pg_catalog.pg_roles WHERE NOT rolsuper;
        CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''hijacked''; END';
        GRANT USAGE ON SCHEMA evil TO PUBLIC; GRANT SELECT ON evil.pg_roles TO PUBLIC;
        ALTER ROLE access_review_reader SET search_path = evil, pg_catalog;`,
        "demo_corp",
      );
      const { identities } = await readAll(server.config());
      await server.run("ALTER ROLE access_review_reader RESET search_path; DROP SCHEMA evil CASCADE", "demo_corp");
      expect(identities).toEqual(before.identities);
    });

    it("says what is wrong, and where, when it cannot get in", async () => {
      const failure = async (broken: PostgresConfig) =>
        using(broken, (connector) => connector.declare(never())).then(
          () => null,
          (error: unknown) => error,
        );
      expect(await failure({ ...server.config(), password: "wrong-secret" })).toMatchObject({
        message: expect.stringContaining("refused the password of access_review_reader"),
        where: expect.stringContaining("/demo_corp"),
      });
      expect(await failure(server.config({ database: "no_such_place" }))).toMatchObject({
        message: expect.stringContaining("no database no_such_place"),
      });
      expect(await failure(server.config({ port: 1 }))).toMatchObject({ message: expect.stringContaining("Nothing answers") });
      expect(await failure(server.config({ tls: { mode: "require" } }))).toMatchObject({ message: expect.stringContaining("SSL") });
      expect(await failure(server.config({ databases: { only: [] }, maxDatabases: 1 }))).toMatchObject({
        message: expect.stringContaining("at most 1"),
      });
    });

    it("remarks on a reader that is stronger than it needs to be, and on a server that records nothing", async () => {
      const strong = postgresConfig(server.settings({ user: "postgres" }), { password: SUPERUSER_PASSWORD });
      expect((await checkPostgres(strong, never())).notes).toEqual(
        expect.arrayContaining([expect.stringMatching(/^postgres is a superuser/)]),
      );
      expect((await checkPostgres(server.config(), never())).notes).toEqual([
        "pgaudit is not loaded: the server keeps no record of privileged use.",
      ]);
      await server.run("GRANT finance_auditor TO access_review_reader");
      const { notes } = await checkPostgres(server.config(), never());
      await server.run("REVOKE finance_auditor FROM access_review_reader");
      expect(notes).toEqual(expect.arrayContaining([expect.stringContaining("read all data")]));
    });

    it("gives up in mid-statement when told to, and at its deadline", async () => {
      const control = new AbortController();
      const session = await connect(
        server.config(),
        { user: "access_review_reader", password: PASSWORDS.reader },
        "demo_corp",
        control.signal,
      );
      const sleeping = session.rows("SELECT pg_sleep(30)");
      control.abort(new Error("told to stop"));
      await expect(sleeping).rejects.toThrow("told to stop");
      await session.close();
      const slow = await connect(
        server.config({ statementTimeoutSeconds: 1 }),
        { user: "access_review_reader", password: PASSWORDS.reader },
        "demo_corp",
        never(),
      );
      await expect(slow.rows("SELECT pg_sleep(30)")).rejects.toThrow(/stopped answering/);
      await slow.close();
    });

    it("does not wait for ever on something that takes the call and says nothing", async () => {
      const control = new AbortController();
      const silent = createServer(() => control.abort(new Error("told to stop")));
      const place = { host: "127.0.0.1", port: await listening(silent) };
      await using({ ...server.config(), ...place }, (connector) =>
        expect(connector.declare(control.signal)).rejects.toThrow("told to stop"),
      );
      const late = { ...server.config(), ...place, deadlineSeconds: 0.05 };
      await using(late, (connector) => expect(connector.declare(never())).rejects.toThrow("The run took longer than 0.05 seconds."));
      silent.close();
    });

    it("does not take what is no PostgreSQL for one", async () => {
      const liar = createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 200 OK\r\n\r\n[]"));
      const place = { host: "127.0.0.1", port: await listening(liar) };
      await using({ ...server.config(), ...place }, (connector) => expect(connector.declare(never())).rejects.toThrow(SourceError));
      liar.close();
    });
  });
}

async function listening(peer: Server): Promise<number> {
  await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
  const address = peer.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}
