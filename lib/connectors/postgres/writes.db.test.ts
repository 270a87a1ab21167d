import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SOURCE_VERSIONS } from "#lib/testing/source-server.ts";
import type { GrantRef, SourceWriter, WriteResult } from "../contract.ts";
import { checkPostgresWriter } from "./check.ts";
import { connect } from "./client.ts";
import { postgresWriterConfig } from "./schema.ts";
import { addOddDatabase, never, ODD, ODD_SCHEMA, PASSWORDS, readOf, startTestSource, type TestSource } from "./test-source.ts";
import { createPostgresWriter } from "./writes.ts";

const KEY = { dryRun: false, idempotencyKey: "task-1" };

for (const { name, binaries } of SOURCE_VERSIONS) {
  const found = await binaries();
  describe.runIf(found)(`what is taken back on ${name}`, () => {
    let server: TestSource;
    let oid: (role: string) => number;
    beforeAll(async () => {
      server = await startTestSource(found);
      await addOddDatabase(server);
      oid = await server.oids();
    });
    afterAll(() => server?.stop());

    const writerConfig = (more: object = {}) => postgresWriterConfig(server.settings(more), { password: PASSWORDS.writer });
    /** A superuser by another name than the one that the source's list protects. */
    const strongConfig = async (more: object = {}) => {
      await server.run(
        `DO $$ BEGIN CREATE ROLE strong_writer SUPERUSER LOGIN PASSWORD '${PASSWORDS.writer}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
      );
      return writerConfig({ writerUser: "strong_writer", ...more });
    };
    const writing = async <T>(body: (writer: SourceWriter) => Promise<T>, config = writerConfig()): Promise<T> => {
      const writer = createPostgresWriter(config);
      try {
        return await body(writer);
      } finally {
        await writer.close();
      }
    };
    const revoke = (grant: GrantRef, config = writerConfig()): Promise<WriteResult> =>
      writing((writer) => writer.revokeGrant(grant, KEY, never()), config);
    const blockers = async (grant: GrantRef, config = writerConfig()) => {
      const checks = await writing((writer) => writer.preflightRevoke(grant, never()), config);
      return checks.filter(({ result }) => result === "blocks").map((check) => check.name);
    };
    const membership = (role: string, group: string): GrantRef => ({
      holderKind: "identity",
      holder: `role:${oid(role)}`,
      entitlement: `member:${oid(group)}`,
    });
    const privilege = (role: string, entitlement: string): GrantRef => ({
      holderKind: "identity",
      holder: `role:${oid(role)}`,
      entitlement,
    });
    /** What the reader finds of it, by a sync of its own. */
    const isThere = async ({ holder, entitlement }: GrantRef, config = server.config()) => {
      const { records } = await readOf(config, "grants");
      return records.some((grant) => grant.holder === holder && grant.entitlement === entitlement);
    };

    it("takes a membership back so that the next sync no longer finds it, once and no more", async () => {
      const grant = membership("ilse_brandt", "payments_reader");
      expect(await isThere(grant)).toBe(true);
      expect(await blockers(grant)).toEqual([]);
      const by = server.major >= 16 ? " GRANTED BY access_admin" : "";
      expect(await revoke(grant)).toMatchObject({ kind: "applied", statements: [`REVOKE payments_reader FROM ilse_brandt${by}`] });
      expect(await isThere(grant)).toBe(false);
      expect((await revoke(grant)).kind).toBe("already_gone");
      const checks = await writing((writer) => writer.preflightRevoke(grant, never()));
      expect(checks[0]).toMatchObject({ name: "Still granted", result: "warns" });
    });

    it("says in a dry run what it would do, and does not do it", async () => {
      const grant = membership("priya_venkat", "payments_writer");
      const result = await writing((writer) => writer.revokeGrant(grant, { ...KEY, dryRun: true }, never()));
      expect(result).toMatchObject({ kind: "applied", detail: expect.stringContaining("Dry run") });
      expect(await isThere(grant)).toBe(true);
    });

    it.runIf(found && found.major >= 16)(
      "takes a membership back from every grantor, where a plain REVOKE warns and leaves one",
      async () => {
        const grant = membership("jonas_okafor", "payments_writer");
        const session = await connect(writerConfig(), { user: "access_review_writer", password: PASSWORDS.writer }, "demo_corp", never());
        await session.rows("BEGIN");
        await session.rows("REVOKE payments_writer FROM jonas_okafor");
        expect(
          await session.rows("SELECT 1 FROM pg_auth_members WHERE member = $1 AND roleid = $2", [
            oid("jonas_okafor"),
            oid("payments_writer"),
          ]),
        ).not.toEqual([]);
        await session.rows("ROLLBACK");
        await session.close();
        expect(await revoke(grant)).toMatchObject({
          kind: "applied",
          statements: [
            "REVOKE payments_writer FROM jonas_okafor GRANTED BY access_admin",
            "REVOKE payments_writer FROM jonas_okafor GRANTED BY access_selfservice",
          ],
        });
        expect(await isThere(grant)).toBe(false);
      },
    );

    it.runIf(found && found.major >= 16)(
      "leaves all as it was when it may not act for one of the grantors, and says whose grant it is",
      async () => {
        const grant = membership("kenji_watanabe", "payments_writer");
        expect(await blockers(grant)).toEqual(["The writer may take it back"]);
        expect(await revoke(grant)).toEqual({
          kind: "not_effective",
          detail: "Granted by mara_lindt, whom access_review_writer may not act as. Ask them, or a superuser.",
        });
        await server.run("GRANT payments_writer TO kenji_watanabe GRANTED BY access_admin");
        expect((await revoke(grant)).kind).toBe("not_effective");
        const left = await server.run<{ grantors: number }>(
          `SELECT count(*)::int AS grantors FROM pg_auth_members WHERE member = ${oid("kenji_watanabe")} AND roleid = ${oid("payments_writer")}`,
        );
        expect(left).toEqual([{ grantors: 2 }]);
      },
    );

    it.runIf(found && found.major >= 16)("refuses while others hold theirs from the one who would lose it", async () => {
      expect(await blockers(membership("mara_lindt", "payments_writer"))).toEqual(["Nobody else's membership hangs on it"]);
      expect(await revoke(membership("mara_lindt", "payments_writer"))).toMatchObject({
        kind: "not_effective",
        detail: expect.stringContaining("kenji_watanabe"),
      });
    });

    it("takes a warning of the server for a refusal, and undoes what came before it", async () => {
      await server.run(
        `CREATE FUNCTION public.grumble() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE WARNING ''not really''; END';
        CREATE EVENT TRIGGER grumble ON ddl_command_end WHEN TAG IN ('REVOKE') EXECUTE FUNCTION public.grumble()`,
        "demo_corp",
      );
      const grant = privilege("leila_haddad", "tables:demo_corp/payments:SELECT");
      try {
        expect(await revoke(grant, await strongConfig())).toEqual({
          kind: "not_effective",
          detail: "The server warned and did not do it: not really.",
        });
      } finally {
        await server.run("DROP EVENT TRIGGER grumble; DROP FUNCTION public.grumble()", "demo_corp");
      }
      expect(await isThere(grant)).toBe(true);
    });

    it("does not call applied what succeeded and changed nothing", async () => {
      // As a tool does that keeps rights as they are written elsewhere.
      await server.run(
        `CREATE FUNCTION public.regrow() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN GRANT SELECT ON people.salaries TO nadia_kowalska; END';
        CREATE EVENT TRIGGER regrow ON ddl_command_end WHEN TAG IN ('REVOKE') EXECUTE FUNCTION public.regrow()`,
        "demo_corp",
      );
      const grant = privilege("nadia_kowalska", "tables:demo_corp/people:SELECT");
      try {
        expect(await revoke(grant, await strongConfig())).toEqual({
          kind: "not_effective",
          detail: "The statements succeeded and changed nothing.",
        });
      } finally {
        await server.run("DROP EVENT TRIGGER regrow; DROP FUNCTION public.regrow()", "demo_corp");
      }
      expect(await isThere(grant)).toBe(true);
    });

    it("takes privileges on tables back as each of their grantors, where it may act as them", async () => {
      const grant = privilege("leila_haddad", "tables:demo_corp/payments:SELECT");
      const asReached = { kind: "not_effective", detail: expect.stringContaining("Granted by payments_owner") };
      if (server.major >= 16) expect(await revoke(grant)).toMatchObject(asReached); // before, the writer reaches the owner by its own memberships
      await server.run(
        "GRANT payments_owner TO access_review_writer; GRANT SELECT ON payments.invoices, payments.payouts TO leila_haddad; GRANT SELECT ON payments.accounts TO svc_invoicing WITH GRANT OPTION; SET ROLE svc_invoicing; GRANT SELECT ON payments.accounts TO leila_haddad; RESET ROLE",
        "demo_corp",
      );
      expect(await revoke(grant)).toMatchObject({ kind: "not_effective", detail: expect.stringContaining("Granted by svc_invoicing") });
      await server.run("GRANT svc_invoicing TO access_review_writer");
      expect(await revoke(grant)).toMatchObject({
        kind: "applied",
        statements: [
          'SET LOCAL ROLE "payments_owner"',
          "REVOKE SELECT ON TABLE payments.invoices, payments.payouts, payments.refunds FROM leila_haddad",
          "RESET ROLE",
          'SET LOCAL ROLE "svc_invoicing"',
          "REVOKE SELECT ON TABLE payments.accounts FROM leila_haddad",
          "RESET ROLE",
        ],
      });
      expect(await isThere(grant)).toBe(false);
      await server.run("REVOKE payments_owner, svc_invoicing FROM access_review_writer");
    });

    it("quotes whatever a name holds, for columns, functions, sequences, tables and schemas alike", async () => {
      const place = `${encodeURIComponent(ODD)}/${encodeURIComponent(ODD_SCHEMA)}`;
      await server.run(
        `GRANT USAGE ON SCHEMA "${ODD_SCHEMA}" TO "grantee % 1"; GRANT EXECUTE ON FUNCTION "${ODD_SCHEMA}".lend(int) TO "grantee % 1"`,
        ODD,
      );
      for (const entitlement of [
        `columns:${place}:SELECT`,
        `functions:${place}:EXECUTE`,
        `sequences:${place}:USAGE`,
        `tables:${place}:SELECT`,
        `schema:${place}:USAGE`,
      ]) {
        const grant = privilege("grantee % 1", entitlement);
        expect(await isThere(grant, server.odd()), entitlement).toBe(true);
        expect(await revoke(grant, await strongConfig({ database: ODD })), entitlement).toMatchObject({ kind: "applied" });
        expect(await isThere(grant, server.odd()), entitlement).toBe(false);
      }
      await revoke(membership("grantee % 1", "dual owner"), await strongConfig());
      expect(await isThere(membership("grantee % 1", "dual owner"), server.odd())).toBe(false);
    });

    it("takes back what everyone may do, and what sits on the role itself", async () => {
      const everyone: GrantRef = { holderKind: "entitlement", holder: "public", entitlement: "database:demo_corp:TEMPORARY" };
      expect(await revoke(everyone, await strongConfig())).toMatchObject({
        kind: "applied",
        statements: expect.arrayContaining(["REVOKE TEMPORARY ON DATABASE demo_corp FROM PUBLIC"]),
      });
      expect(await isThere(everyone)).toBe(false);
      const attribute = privilege("fiona_gallagher", "attribute:CREATEDB");
      expect((await revoke(attribute)).kind).toBe("not_effective");
      expect(await revoke(attribute, await strongConfig())).toMatchObject({
        kind: "applied",
        statements: ["ALTER ROLE fiona_gallagher NOCREATEDB"],
      });
      expect(await isThere(attribute)).toBe(false);
    });

    it("puts back exactly what it took, options and grantors and all, once and no more", async () => {
      const strong = await strongConfig();
      await server.run(
        `CREATE ROLE restored_login LOGIN CREATEDB; CREATE ROLE restored_group NOLOGIN; GRANT restored_group TO restored_login, amara_diallo WITH ADMIN OPTION;
         GRANT USAGE ON SCHEMA payments TO restored_login WITH GRANT OPTION; GRANT SELECT ON payments.invoices TO restored_login WITH GRANT OPTION;
         GRANT SELECT ON payments.payouts TO restored_login`,
        "demo_corp",
      );
      oid = await server.oids();
      // Before 16 a membership is one row, whose grantor is whoever granted it last.
      const rights = () =>
        server.run(
          `SELECT (SELECT array_agg(to_jsonb(m) - 'oid' ${server.major >= 16 ? "" : "- 'grantor'"} ORDER BY m.grantor) FROM pg_auth_members m WHERE m.member = 'restored_login'::regrole) AS memberships,
             (SELECT rolcreatedb FROM pg_roles WHERE rolname = 'restored_login') AS attribute,
             (SELECT array_agg(x::text ORDER BY x::text) FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) x WHERE x.grantee = 'restored_login'::regrole) AS schemas,
             (SELECT array_agg(c.relname || x::text ORDER BY c.relname || x::text) FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) x WHERE x.grantee = 'restored_login'::regrole) AS tables`,
          "demo_corp",
        );
      const before = await rights();
      for (const entitlement of [
        `member:${oid("restored_group")}`,
        "attribute:CREATEDB",
        "tables:demo_corp/payments:SELECT",
        "schema:demo_corp/payments:USAGE",
      ]) {
        const grant = privilege("restored_login", entitlement);
        const taken = await revoke(grant, strong);
        if (taken.kind !== "applied") throw new Error(`${entitlement}: ${JSON.stringify(taken)}`);
        expect(await isThere(grant), entitlement).toBe(false);
        const { undo } = taken;
        const restore = () => writing((writer) => writer.restoreGrant(grant, { undo, idempotencyKey: "task-1" }, never()), strong);
        expect(await restore(), entitlement).toMatchObject({ kind: "restored", statements: undo });
        expect(await restore(), entitlement).toMatchObject({ kind: "already_there" });
        expect(await isThere(grant), entitlement).toBe(true);
      }
      expect(await rights()).toEqual(before);
    });

    it("puts nothing back by statements that are no grants, and says why where the server refuses", async () => {
      await server.run("CREATE ROLE never_restored");
      oid = await server.oids();
      const grant = membership("never_restored", "payments_reader");
      const restore = (undo: string[], config = writerConfig()) =>
        writing((writer) => writer.restoreGrant(grant, { undo, idempotencyKey: "task-1" }, never()), config);
      for (const undo of [[], ["DROP TABLE payments.invoices"], ["GRANT a TO b; DROP TABLE payments.invoices"], ["RESET ROLE; SELECT 1"]])
        expect(await restore(undo)).toMatchObject({ kind: "not_supported" });
      const undo = ["GRANT pg_execute_server_program TO never_restored"];
      expect(await restore(undo)).toMatchObject({ kind: "not_effective", detail: expect.stringContaining("refused") });
    });

    it("blocks what nobody should take back, in the pre-flight and again when it is done all the same", async () => {
      const strong = await strongConfig();
      const blocked: [GrantRef, string][] = [
        [privilege("breakglass_dba", "attribute:SUPERUSER"), "Not a break-glass role"],
        [membership("access_review_reader", "pg_read_all_stats"), "Not what Countersign works with"],
        [
          { holderKind: "entitlement", holder: `member:${oid("access_admin")}`, entitlement: `member:${oid("ops_oncall")}` },
          "Not what Countersign works with",
        ],
      ];
      for (const [grant, check] of blocked) {
        const writer = check === "Not what Countersign works with" ? writerConfig() : strong;
        expect(await blockers(grant, writer), grant.entitlement).toContain(check);
        expect(await revoke(grant, writer), grant.entitlement).toMatchObject({ kind: "not_effective" });
        expect(await isThere(grant), grant.entitlement).toBe(true);
      }
    });

    it("does not lock its own reader out when everyone's way in is taken back", async () => {
      const grant: GrantRef = { holderKind: "entitlement", holder: "public", entitlement: "database:demo_corp:CONNECT" };
      const strong = await strongConfig({ writerUser: "strong_writer" });
      expect(await blockers(grant, strong)).toEqual([]); // the reader has a CONNECT of its own
      await server.run("REVOKE CONNECT ON DATABASE demo_corp FROM access_review_reader");
      expect(await blockers(grant, strong)).toEqual(["Not what Countersign works with"]);
      await server.run("GRANT CONNECT ON DATABASE demo_corp TO access_review_reader");
    });

    it("blocks the last superuser and the last administrator of a role", async () => {
      const strong = await strongConfig();
      oid = await server.oids();
      const grant = privilege("strong_writer", "attribute:SUPERUSER");
      expect(await blockers(grant)).not.toContain("Not the last superuser");
      const last = await connect(strong, { user: "strong_writer", password: PASSWORDS.writer }, "demo_corp", never());
      await last.rows("ALTER ROLE breakglass_dba NOLOGIN");
      await last.rows("ALTER ROLE postgres NOLOGIN");
      await last.rows("ALTER ROLE pavel_novak NOSUPERUSER");
      expect(await blockers(grant)).toContain("Not the last superuser");
      for (const role of ["breakglass_dba", "postgres"]) await last.rows(`ALTER ROLE ${role} LOGIN`);
      await last.close();
      await server.run(`CREATE ROLE lone_group NOLOGIN; GRANT lone_group TO wei_zhang WITH ADMIN OPTION`);
      oid = await server.oids();
      expect(await blockers(membership("wei_zhang", "lone_group"), strong)).toEqual(["Not the last administrator of the role"]);
      await server.run("GRANT lone_group TO amara_diallo WITH ADMIN OPTION");
      expect(await blockers(membership("wei_zhang", "lone_group"), strong)).toEqual([]);
    });

    it("answers that ownership and the system's own rights are for others to take, and what is no grant of its own", async () => {
      const owner = privilege("postgres", "database:demo_corp:OWNER");
      expect(await revoke(owner)).toMatchObject({ kind: "not_supported", whoCan: expect.stringContaining("OWNER TO") });
      expect(await blockers(owner)).toEqual(["PostgreSQL can take it back"]);
      expect(
        await revoke({ holderKind: "entitlement", holder: "public", entitlement: "functions:demo_corp/pg_catalog:EXECUTE" }),
      ).toMatchObject({ kind: "not_supported" });
      expect(await revoke({ holderKind: "identity", holder: "somebody", entitlement: "member:1" })).toMatchObject({
        kind: "not_supported",
      });
      expect(await revoke({ holderKind: "identity", holder: "role:4000000000", entitlement: `member:${oid("ops_oncall")}` })).toMatchObject(
        { kind: "already_gone" },
      );
    });

    it("warns of live sessions, and says that past use is unknown, never that there was none", async () => {
      const use = async () =>
        (await writing((writer) => writer.preflightRevoke(membership("svc_reporting", "analytics_engineer"), never()))).find((check) =>
          check.name.startsWith("Not used"),
        );
      expect(await use()).toMatchObject({ result: "warns", detail: expect.stringMatching(/^Unknown\./) });
      await server.run("ALTER ROLE svc_reporting PASSWORD 'service-secret'");
      const live = await connect(writerConfig(), { user: "svc_reporting", password: "service-secret" }, "demo_corp", never());
      expect(await use()).toMatchObject({ result: "warns", detail: "In use now: svc_reporting (1 session)." });
      await live.close();
    });

    it("ends well when two take the same back at once", async () => {
      const grant = membership("camille_dubois", "finance_auditor");
      const attempts = await Promise.allSettled([revoke(grant), revoke(grant), revoke(grant)]);
      const kinds = attempts.map((each) => (each.status === "fulfilled" ? each.value.kind : "failed"));
      expect(kinds.filter((kind) => kind === "applied")).toHaveLength(1);
      expect(kinds.filter((kind) => kind !== "applied" && kind !== "already_gone")).toEqual([]);
      expect(await isThere(grant)).toBe(false);
    });

    it("knows in whose name it may act, and what it may not do as the reader", async () => {
      const check = await checkPostgresWriter(writerConfig(), never());
      if (server.major >= 16)
        expect(check).toMatchObject({ canSignIn: true, mayTakeBackFor: ["access_admin", "access_selfservice"], notes: [] });
      const asReader = { ...writerConfig(), writerUser: "access_review_reader", writerPassword: PASSWORDS.reader };
      expect((await revoke(membership("oscar_pettersson", "analytics_reader"), asReader)).kind).toBe("not_effective");
      expect(await isThere(membership("oscar_pettersson", "analytics_reader"))).toBe(true);
      await expect(
        revoke(membership("oscar_pettersson", "analytics_reader"), { ...writerConfig(), writerPassword: "wrong" }),
      ).rejects.toThrow(/refused the password of access_review_writer/);
    });
  });
}
