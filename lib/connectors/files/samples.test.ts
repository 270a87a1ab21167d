import { describe, expect, it } from "vitest";
import type { StreamRecord } from "#lib/inventory/streams.ts";
import { connectorContract } from "../contract-suite.ts";
import { assignUploads } from "./assign.ts";
import { createFilesConnector } from "./connector.ts";
import type { FileMapping } from "./mapping.ts";
import { previewFile } from "./preview.ts";
import { hasSamples, sampleFile, uploadOf } from "./sample-files.ts";

const signal = new AbortController().signal;

/** What a one-click import of these sample files yields. */
async function imported(...names: string[]): Promise<Record<string, readonly StreamRecord[]>> {
  const previews = await Promise.all(names.map((name) => previewFile(sampleFile(name))));
  expect(previews.flatMap(({ problems }) => problems)).toEqual([]);
  const mapping = { version: 1, files: previews.map((preview) => preview.mapping) };
  const connector = createFilesConnector({ files: names.map((name) => uploadOf(sampleFile(name))), mapping });
  const streams: Record<string, readonly StreamRecord[]> = {};
  for (const stream of connector.streams) streams[stream] = (await connector.read(stream, null, signal)).records;
  await connector.close();
  return streams;
}

describe.skipIf(!hasSamples)("real exports, imported with one click", () => {
  it("a school's account list gives identities, its groups as entitlements, and grants; never a password", async () => {
    const name = "demo_hogwarts_accounts.csv";
    const streams = await imported(name);
    expect(Object.fromEntries(Object.entries(streams).map(([stream, { length }]) => [stream, length]))).toEqual({
      identities: 69,
      entitlements: 10,
      grants: 91,
    });
    expect(streams.identities?.[0]).toEqual({
      external_id: "h.potter",
      name: "Harry Potter",
      login: "h.potter",
      class: "human",
      status: "active",
    });
    expect(streams.grants?.filter(({ holder }) => holder === "f.weasley")).toEqual([
      { holder_kind: "identity", holder: "f.weasley", entitlement: "Hogwarts/Students/Gryffindor" },
      { holder_kind: "identity", holder: "f.weasley", entitlement: "quiddich-griffindor" },
    ]);
    const preview = await previewFile(sampleFile(name));
    expect(preview.mapping.excluded).toEqual(["password"]);
    expect(preview.unmapped).toEqual(["managerOf"]);
    const shown = JSON.stringify([preview, streams]);
    for (const password of ["asd123", "huGHa", "sLh5D"]) expect(shown).not.toContain(password);
  });

  it("semicolons between cells, # inside them, and cells of nothing", async () => {
    const preview = await previewFile(sampleFile("resources_csv_multisource_w_conf_associations_User.csv"));
    expect(preview.format).toMatchObject({ delimiter: ";" });
    const streams = await imported("resources_csv_multisource_w_conf_associations_User.csv");
    expect(streams.entitlements).toEqual(["org1", "org2", "org3"].map((name) => ({ external_id: name, name })));
    expect(streams.grants?.map(({ holder, entitlement }) => `${holder} ${entitlement}`)).toEqual([
      "001 org1",
      "001 org2",
      "002 org1",
      "003 org2",
      "005 org3",
    ]);
  });

  it("a file of organisations beside the accounts: its own row of an entitlement wins over the mention in an account", async () => {
    const [orgs, users] = ["Organization", "User"].map((part) => sampleFile(`resources_csv_multisource_w_conf_associations_${part}.csv`));
    if (!orgs || !users) throw new Error("two files");
    const semicolons = { kind: "csv", delimiter: ";", quote: '"', header: true, encoding: "utf-8" } as const;
    const split = { column: "organization", separator: "#" };
    const files: FileMapping[] = [
      {
        name: users.name,
        format: semicolons,
        columns: ["userid", "name", "password", "organization"],
        excluded: ["password"],
        targets: [
          {
            stream: "entitlements",
            columns: { external_id: { column: "organization" }, name: { column: "organization" } },
            split,
            distinct: true,
          },
        ],
      },
      {
        name: orgs.name,
        format: semicolons,
        columns: ["orgid", "name", "manager"],
        excluded: [],
        targets: [
          {
            stream: "entitlements",
            columns: { external_id: { column: "name" }, name: { template: "Organisation {name}" }, contents: { column: "orgid" } },
          },
        ],
      },
    ];
    const connector = createFilesConnector({ files: [uploadOf(users), uploadOf(orgs)], mapping: { version: 1, files } });
    const { records } = await connector.read("entitlements", null, signal);
    await connector.close();
    expect(records).toEqual(
      ["001", "002", "003"].map((contents, index) => ({ external_id: `org${index + 1}`, name: `Organisation org${index + 1}`, contents })),
    );
  });

  it("an HR list by its file name, though it looks like accounts", async () => {
    const { people } = await imported("resources_csv_midpoint-hr.csv");
    expect(people).toHaveLength(10);
    expect(people?.[3]).toEqual({ external_id: "004", name: "Diana Deboe", user_name: "004", status: "left" });
  });

  it("a list of employees with names beyond ASCII and commas in quotes", async () => {
    const { people } = await imported("evolveum_hr.csv");
    expect(people?.[1]).toEqual({
      external_id: "002",
      name: "Ing. Radovan Semančík, PhD",
      title: "Software Architect",
      department: "F1100",
      status: "active",
    });
  });

  it("HR, organisation units and applications of one company: people and resources with their parents", async () => {
    const streams = await imported(...["hr", "org", "architecture"].map((part) => `demo_alice_init_midpoint_resources_${part}.csv`));
    expect(streams.people?.[0]).toEqual({ external_id: "001", name: "Alice Anderson", title: "B002", department: "11000" });
    expect(streams.resources).toHaveLength(30);
    expect(streams.resources).toContainEqual({ external_id: "11310", name: "Brand Awareness Section", parent: "11300" });
    expect(streams.resources).toContainEqual({ external_id: "A012", name: "CRM" });
  });

  it("HR beside a directory: employee numbers and mail to match people by, and the accounts that match nobody", async () => {
    const { people } = await imported("simulation_tutorial_hr.csv");
    const { identities } = await imported("simulation_tutorial_ldap.csv");
    expect(people?.[0]).toEqual({ external_id: "1", name: "John Smith", mail: "jsmith1@evolveum.com" });
    expect(identities?.slice(0, 2)).toEqual([
      { external_id: "jsmith1", name: "John Smith", login: "jsmith1", mail: "jsmith1@evolveum.com", person: "1" },
      { external_id: "jsmith2", name: "John Smith", login: "jsmith2", mail: "jsmith2@evolveum.com", person: null },
    ]);
    const known = new Set(people?.map(({ external_id }) => external_id));
    expect(identities?.filter(({ person }) => person !== null && person !== undefined && !known.has(person))).toEqual([]);
    expect(identities?.filter(({ person, mail }) => !person && !mail).map(({ login }) => login)).toContain("hacker");
  });

  it("a file of nothing but a header: its columns, no rows, no error", async () => {
    const preview = await previewFile(sampleFile("resources_csv_midpoint-groups.csv"));
    expect(preview.columns.map(({ name }) => name)).toEqual(["login", "firstname", "lastname", "disabled", "password", "groups"]);
    expect(preview).toMatchObject({ rows: [], rowsRead: 0, isWhole: true, problems: [] });
    expect(await imported("resources_csv_midpoint-groups.csv")).toEqual({ identities: [], entitlements: [], grants: [] });
  });

  it("a list of bare names says that it cannot tell what they are", async () => {
    const preview = await previewFile(sampleFile("powerOfAccessCertification.2024-11-21-webinar_users_names_for_generator.csv"));
    expect(preview.mapping.targets).toEqual([]);
    expect(preview.reasons[0]).toContain("choose a stream");
  });

  it("the next export of the same shape is recognised under another name", async () => {
    const { mapping, columns } = await previewFile(sampleFile("demo_hogwarts_accounts.csv"));
    const seen = columns.map(({ name }) => name);
    for (const name of ["accounts.csv", "ACCOUNTS.CSV.gz", "accounts-2026-12.csv", "whatever.csv"]) {
      expect(assignUploads([mapping], [{ name, columns: seen }]).assigned.get(name)).toBe("accounts.csv");
    }
    expect(assignUploads([mapping], [{ name: "accounts.csv", columns: ["login"] }])).toMatchObject({
      unknown: ["accounts.csv"],
      missing: ["accounts.csv"],
    });
  });
});

if (hasSamples) {
  const name = "demo_hogwarts_accounts.csv";
  connectorContract(
    "files (a real account list)",
    async () => {
      const { mapping } = await previewFile(sampleFile(name));
      return createFilesConnector({ files: [uploadOf(sampleFile(name))], mapping: { version: 1, files: [mapping] } }, { pageRecords: 7 });
    },
    { secrets: ["asd123", "huGHa", "midpoint-samples"] },
  );
}
