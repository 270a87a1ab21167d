import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SOURCE_VERSIONS } from "#lib/testing/source-server.ts";
import { connect } from "./client.ts";
import { ensureDemoCorp } from "./demo-corp.ts";
import { postgresConfig } from "./schema.ts";
import {
  addOddDatabase,
  never,
  ODD,
  ODD_SCHEMA,
  PASSWORDS,
  readAll,
  readOf,
  readStream,
  SUPERUSER_PASSWORD,
  startTestSource,
  type TestSource,
  using,
} from "./test-source.ts";

for (const { name, binaries } of SOURCE_VERSIONS) {
  const found = await binaries();
  describe.runIf(found)(`what is read on ${name}`, () => {
    let server: TestSource;
    beforeAll(async () => {
      server = await startTestSource(found);
      await addOddDatabase(server);
    });
    afterAll(() => server?.stop());

    it("shows a least-privilege reader exactly what a superuser sees", async () => {
      const asSuperuser = postgresConfig(server.settings({ user: "postgres" }), { password: SUPERUSER_PASSWORD });
      expect(await readAll(server.config())).toEqual(await readAll(asSuperuser));
      const asSuperuserOdd = postgresConfig(server.settings({ database: ODD, databases: { only: [ODD] }, user: "postgres" }), {
        password: SUPERUSER_PASSWORD,
      });
      expect(await readAll(server.odd())).toEqual(await readAll(asSuperuserOdd));
    });

    it("finds grants on tables that information_schema hides from the reader", async () => {
      const session = await connect(server.config(), { user: "access_review_reader", password: PASSWORDS.reader }, "demo_corp", never());
      const hidden = await session.rows("SELECT * FROM information_schema.role_table_grants WHERE table_schema = 'payments'");
      await session.close();
      expect(hidden).toEqual([]);
      const oid = await server.oids();
      const { records } = await readOf(server.config(), "grants");
      const grant = records.find(
        ({ holder, entitlement }) => holder === `role:${oid("leila_haddad")}` && entitlement === "tables:demo_corp/payments:SELECT",
      );
      expect(grant).toMatchObject({
        holder_kind: "identity",
        options: "1 table: refunds",
        granted_by: "payments_owner",
        started: "unknown",
        expires: "never",
        last_used: "not_supported",
      });
    });

    it("keeps nested groups as the source holds them, and marks what carries power over the server", async () => {
      const oid = await server.oids();
      const { grants = [], entitlements = [] } = await readAll(server.config());
      const held = (holder: string) => grants.filter((grant) => grant.holder === holder).map(({ entitlement }) => entitlement);
      expect(held(`member:${oid("payments_admin")}`)).toEqual(
        expect.arrayContaining([`member:${oid("payments_writer")}`, "tables:demo_corp/payments:DELETE"]),
      );
      expect(held(`role:${oid("elena_petrova")}`).toSorted()).toEqual(
        [`member:${oid("ops_oncall")}`, `member:${oid("payments_admin")}`].toSorted(),
      );
      const privileged = (role: string) => entitlements.find(({ external_id }) => external_id === `member:${oid(role)}`)?.privileged;
      // ops_oncall by pg_signal_backend, finance_auditor by pg_read_all_data, ops_admin by its own CREATEROLE.
      expect(["ops_oncall", "finance_auditor", "ops_admin", "pg_read_all_data", "payments_reader", "pg_monitor"].map(privileged)).toEqual([
        "yes",
        "yes",
        "yes",
        "yes",
        "no",
        "no",
      ]);
    });

    it("gathers the grantors of one membership in one grant, and says how it is held", async () => {
      const oid = await server.oids();
      const { records } = await readOf(server.config(), "grants");
      const of = (holder: string, role: string) =>
        records.find((grant) => grant.holder === holder && grant.entitlement === `member:${oid(role)}`);
      const jonas = of(`role:${oid("jonas_okafor")}`, "payments_writer");
      expect(jonas?.granted_by).toBe(server.major >= 16 ? "access_admin, access_selfservice" : "access_admin");
      expect(of(`role:${oid("mara_lindt")}`, "payments_writer")?.options).toBe(
        "inherits its privileges; may switch to it; may add and remove members",
      );
      const admin = of(`member:${oid("access_admin")}`, "payments_writer")?.options;
      expect(admin).toBe(
        server.major >= 16 ? "may add and remove members" : "inherits its privileges; may switch to it; may add and remove members",
      );
    });

    it("lists what everyone may do once, and whatever the database's owner owns by being that", async () => {
      const { grants = [], entitlements = [] } = await readAll(server.config());
      const everyone = grants.filter(({ holder }) => holder === "public").map(({ entitlement }) => entitlement);
      expect(everyone).toEqual(["database:demo_corp:CONNECT", "database:demo_corp:TEMPORARY", "schema:demo_corp/public:USAGE"]);
      expect(grants.filter(({ entitlement }) => entitlement === "public")).toEqual([]);
      expect(entitlements.find(({ external_id }) => external_id === "public")?.contents).toContain("CONNECT on the database demo_corp");
      expect(grants.find(({ entitlement }) => entitlement === "schema:demo_corp/public:OWNER")?.holder).toBe("database:demo_corp:OWNER");
    });

    it("takes a role for what its comment or a rule says, else for unknown, and never guesses", async () => {
      const { records } = await readOf(server.config(), "identities");
      const of = (role: string) => records.find(({ name: own }) => own === role);
      expect(of("jonas_okafor")).toMatchObject({
        class: "human",
        person: "E1003",
        status: "active",
        last_used: "not_supported",
        created: "not_supported",
      });
      expect(of("svc_invoicing")).toMatchObject({ class: "service", owner: "mara.lindt@demo-corp.example", purpose: "Sends invoices" });
      expect(of("ci_payments_deploy")?.class).toBe("pipeline");
      expect(of("breakglass_dba")?.class).toBe("break_glass");
      expect(of("grace_mwangi")?.class).toBe("unknown");
      expect(of("deploy_legacy")?.class).toBe("unknown");
      expect(of("payments_reader")).toBeUndefined();
    });

    it("reads expiries in all the ways they can be written, and who cannot sign in", async () => {
      const oid = await server.oids();
      const { identities = [], credentials = [] } = await readAll(server.odd());
      const expires = (role: string) => credentials.find(({ identity }) => identity === `role:${oid(role)}`)?.expires;
      expect(["until forever", "until never", "until far", "until soon", "dual owner"].map(expires)).toEqual([
        "never",
        "0001-01-01T00:00:00.000Z",
        "9999-12-31T00:00:00.000Z",
        "2027-03-04T05:06:07.890Z",
        "never",
      ]);
      const status = (role: string) => identities.find(({ login }) => login === role)?.status;
      // A password past its date is no locked door; a limit of no connections is; a person without LOGIN is one who was switched off.
      expect(["until never", "no connections", "switched off"].map(status)).toEqual(["active", "disabled", "disabled"]);
      expect(expires("switched off")).toBeUndefined();
    });

    it("gives a sign-in role that has members as both, so that nobody's way to it is lost", async () => {
      const oid = await server.oids();
      const { grants = [], identities = [], entitlements = [] } = await readAll(server.odd());
      const key = oid("dual owner");
      expect(identities.map(({ external_id }) => external_id)).toContain(`role:${key}`);
      expect(entitlements.map(({ external_id }) => external_id)).toContain(`member:${key}`);
      const owned = grants.filter(({ entitlement }) => entitlement === `database:${encodeURIComponent(ODD)}:OWNER`);
      expect(owned.map(({ holder }) => holder)).toEqual([`role:${key}`, `member:${key}`]);
    });

    it("names columns, functions, sequences, and what somebody opened of the system's own", async () => {
      const { grants = [], entitlements = [] } = await readAll(server.odd());
      const place = encodeURIComponent(ODD);
      const schema = encodeURIComponent(ODD_SCHEMA);
      const options = (entitlement: string) => grants.find((grant) => grant.entitlement === entitlement)?.options;
      expect(options(`columns:${place}/${schema}:SELECT`)).toBe('1 column: odd "table".b c');
      expect(options(`sequences:${place}/${schema}:USAGE`)).toBe("all sequences");
      expect(options(`tables:${place}/${schema}:SELECT`)).toBe('2 tables: odd "table", parent; may hand it on for 1 of them');
      expect(options(`functions:${place}/pg_catalog:EXECUTE`)).toBe("1 function: pg_read_file(text)");
      expect(entitlements.find(({ external_id }) => external_id === `functions:${place}/pg_catalog:EXECUTE`)).toMatchObject({
        privileged: "yes",
        resource: `database:${place}`,
      });
      expect(entitlements.find(({ external_id }) => external_id === `functions:${place}/${schema}:EXECUTE`)).toMatchObject({
        privileged: "yes",
        contents: 'lend("A b" integer)\nplain()',
      });
      // Nobody has it yet, but whoever makes a table there gives it away.
      expect(entitlements.find(({ external_id }) => external_id === `tables:${place}/${schema}:TRUNCATE`)?.contents).toBe(
        "new ones made by dual owner will also be open to everyone",
      );
      expect(entitlements.find(({ external_id }) => external_id === `database:${place}:OWNER`)?.contents).toBe(
        "DELETE on tables of any schema: new ones made by dual owner will also be open to grantee % 1",
      );
    });

    it("has no more entitlements for a schema of thousands of tables, and still shows a change to the last of them", async () => {
      await server.run(
        `CREATE SCHEMA wide; DO $$ BEGIN FOR i IN 1..1500 LOOP EXECUTE format('CREATE TABLE wide.t%s ()', to_char(i, 'FM0000')); END LOOP; END $$;
        GRANT SELECT ON ALL TABLES IN SCHEMA wide TO wei_zhang; GRANT SELECT ON wide.t1500 TO fiona_gallagher;`,
        "demo_corp",
      );
      const of = async () => {
        const { entitlements = [], grants = [] } = await readAll(server.config());
        const about = entitlements.filter(({ external_id }) => external_id?.includes("/wide:"));
        const contents = about.find(({ external_id }) => external_id === "tables:demo_corp/wide:SELECT")?.contents ?? "";
        return {
          about,
          contents,
          options: grants.filter(({ entitlement }) => entitlement === "tables:demo_corp/wide:SELECT").map((grant) => grant.options),
        };
      };
      const before = await of();
      expect(before.about.map(({ external_id }) => external_id)).toEqual([
        "schema:demo_corp/wide:OWNER",
        "tables:demo_corp/wide:OWNER",
        "tables:demo_corp/wide:SELECT",
      ]);
      expect(before.contents.split("\n")).toHaveLength(1001);
      expect(before.contents).toMatch(/\nand 500 more; SHA-256 of the whole list: [0-9a-f]{64}$/);
      expect(before.options.toSorted()).toEqual(["1 table: t1500", "all tables"]);
      await server.run("ALTER TABLE wide.t1499 RENAME TO t1499b; CREATE TABLE wide.t1501 ()", "demo_corp");
      const after = await of();
      expect(after.contents).not.toBe(before.contents);
      expect(after.contents.split("\n").slice(0, 1000)).toEqual(before.contents.split("\n").slice(0, 1000));
      // The new table is open to neither: the grant is the same one, and says that it is no longer everything.
      expect(after.options.toSorted()[1]).toMatch(/^1500 tables: t0001, .* and 1488 more \(list [0-9a-f]{16}\)$/);
      await server.run("DROP SCHEMA wide CASCADE", "demo_corp");
    });

    it("sees one state from the first page to the last, whatever happens meanwhile", async () => {
      const oid = await server.oids();
      await using(server.config({ pageSize: 5 }), async (connector) => {
        await connector.declare(never());
        await server.run(
          `CREATE ROLE late_comer LOGIN; GRANT payments_reader TO late_comer; GRANT SELECT ON payments.payouts TO late_comer; ${server.revoked("ops_oncall", "mateo_silva")}`,
          "demo_corp",
        );
        const grants = await readStream(connector, "grants");
        const identities = await readStream(connector, "identities");
        expect(grants.records.filter(({ holder }) => holder === `role:${oid("mateo_silva")}`)).toHaveLength(1);
        expect(identities.records.map(({ login }) => login)).not.toContain("late_comer");
        expect(grants.excluded["roles and databases made after the read began"]).toBeUndefined();
      });
      const { records } = await readOf(server.config(), "identities");
      expect(records.map(({ login }) => login)).toContain("late_comer");
      await server.run(
        "DROP OWNED BY late_comer; DROP ROLE late_comer; GRANT ops_oncall TO mateo_silva GRANTED BY access_admin",
        "demo_corp",
      );
    });

    it("changes one grant and what the group carries when a group gains one privilege", async () => {
      const before = await readAll(server.config());
      await server.run("GRANT REFERENCES ON people.contracts TO people_reader", "demo_corp");
      const after = await readAll(server.config());
      await server.run("REVOKE REFERENCES ON people.contracts FROM people_reader", "demo_corp");
      const news = (stream: string) => {
        const known = new Set((before[stream] ?? []).map((record) => JSON.stringify(record)));
        return (after[stream] ?? []).filter((record) => !known.has(JSON.stringify(record)));
      };
      expect(news("grants")).toMatchObject([{ entitlement: "tables:demo_corp/people:REFERENCES", options: "1 table: contracts" }]);
      expect(news("entitlements").map(({ name: title }) => title)).toEqual([
        "Member of people_reader",
        "REFERENCES on tables in demo_corp.people",
      ]);
      expect([...news("identities"), ...news("resources"), ...news("credentials")]).toEqual([]);
      expect(await readAll(server.config())).toEqual(before);
    });

    it("is set up once: what was taken back since does not grow back, and the passwords are the new ones", async () => {
      await server.run(server.revoked("people_reader", "henrik_solberg"), "demo_corp");
      expect(await ensureDemoCorp(server.adminUrl, { ...PASSWORDS, reader: "another-secret" })).toBe(false);
      const oid = await server.oids();
      const { records } = await readOf({ ...server.config(), password: "another-secret" }, "grants");
      expect(
        records.filter(
          ({ holder, entitlement }) => holder === `role:${oid("henrik_solberg")}` && entitlement === `member:${oid("people_reader")}`,
        ),
      ).toEqual([]);
      expect(await ensureDemoCorp(server.adminUrl, PASSWORDS)).toBe(false);
    });
  });
}
