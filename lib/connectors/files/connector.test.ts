import { rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Stream, StreamRecord } from "#lib/inventory/streams.ts";
import type { Connector, Cursor } from "../contract.ts";
import { connectorContract } from "../contract-suite.ts";
import { createFilesConnector } from "./connector.ts";
import { csvMapping, temporaryFiles, uploadOf } from "./sample-files.ts";
import { provenanceOf, type UploadedFile } from "./upload.ts";

const files = temporaryFiles();
const signal = new AbortController().signal;

const ROWS = 500;
const row = (index: number) =>
  `u${index},"Name ""${index}"", or\nso",${index % 3 === 0 ? "" : `g${index % 7};g${index % 11}`},${index % 2 === 0},hunter2-${index}`;
const accountRows = Array.from({ length: ROWS }, (_, index) => row(index)).join("\r\n");
const accountsText = `login,fullname,groups,disabled,password\r\n${accountRows}\r\n`;

const accounts = csvMapping({
  name: "accounts.csv",
  columns: ["login", "fullname", "groups", "disabled", "password"],
  excluded: ["password"],
  targets: [
    {
      stream: "identities",
      columns: {
        external_id: { column: "login" },
        name: { template: "{fullname} ({login})" },
        status: { column: "disabled", values: { TRUE: "disabled", false: "active" } },
        class: { constant: "human" },
      },
      skipWhenEmpty: ["groups"],
    },
    {
      stream: "entitlements",
      columns: { external_id: { template: "group:{groups}" }, name: { column: "groups" } },
      split: { column: "groups", separator: ";" },
      distinct: true,
    },
    {
      stream: "grants",
      columns: { holder: { column: "login" }, entitlement: { template: "group:{groups}" } },
      split: { column: "groups", separator: ";" },
    },
  ],
});

const config = (...uploads: UploadedFile[]) => ({ files: uploads, mapping: { version: 1, files: [accounts] } });

async function readAll(connector: Connector, stream: Stream, from: Cursor = null): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  for (let cursor = from; ; ) {
    const page = await connector.read(stream, cursor, signal);
    records.push(...page.records);
    if (page.next === null) return records;
    cursor = page.next;
  }
}

const plain = files.write("accounts.csv", accountsText);
const zipped = files.write("accounts.csv", gzipSync(accountsText));

for (const [name, file] of [
  ["plain", plain],
  ["gzip", zipped],
] as const) {
  connectorContract(`files (${name}, split, distinct)`, async () => createFilesConnector(config(uploadOf(file)), { pageRecords: 64 }), {
    secrets: ["hunter2", files.folder],
    makeBroken: async () => createFilesConnector(config({ ...uploadOf(file), path: `${files.folder}/elsewhere` })),
  });
}

describe("what a mapping yields", () => {
  it("each column as it says: a column, a constant, a template, a list of words; never an excluded cell", async () => {
    const connector = createFilesConnector(config(uploadOf(plain)));
    const page = await connector.read("identities", null, signal);
    expect(page.records[0]).toEqual({ external_id: "u1", name: 'Name "1", or\nso (u1)', status: "active", class: "human" });
    expect(page.records[1]?.status).toBe("disabled");
    expect(page.excluded).toEqual({ "groups is empty": Math.ceil(ROWS / 3) });
    expect(page.records).toHaveLength(ROWS - Math.ceil(ROWS / 3));
  });

  it("each group once, however many rows name it, and one grant for each distinct part of a cell", async () => {
    const connector = createFilesConnector(config(uploadOf(plain)), { pageRecords: 3 });
    const entitlements = await readAll(connector, "entitlements");
    expect(entitlements.map(({ name }) => name).sort()).toEqual(Array.from({ length: 11 }, (_, index) => `g${index}`).sort());
    const grants = await readAll(connector, "grants");
    const expected = Array.from({ length: ROWS }, (_, index) => (index % 3 === 0 ? 0 : index % 7 === index % 11 ? 1 : 2));
    expect(grants).toHaveLength(expected.reduce<number>((sum, parts) => sum + parts, 0));
  });

  it("several uploads may be one file of the mapping, in their order", async () => {
    const [one, two] = ["a1,A,x,false,p\n", "b1,B,y,true,p\n"].map((line, index) =>
      uploadOf(files.write(`part-${index}.csv`, `login,fullname,groups,disabled,password\n${line}`), { mappedAs: "accounts.csv" }),
    );
    if (!one || !two) throw new Error("two uploads");
    const connector = createFilesConnector(config(one, two));
    expect((await readAll(connector, "identities")).map(({ external_id }) => external_id)).toEqual(["a1", "b1"]);
    expect((await connector.declare(signal)).endpoint).toBe("part-0.csv, part-1.csv");
  });

  it("JSON Lines: paths, lists as parts, and the same records", async () => {
    const lines = [
      {
        userName: "ada",
        name: { givenName: "Ada", familyName: "Lovelace" },
        active: true,
        groups: [{ value: "g1", display: "One" }, { value: "g2" }],
      },
      { userName: "bob", name: { givenName: "Bob" }, active: false, groups: [] },
    ];
    const file = files.write("users.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    const mapping = {
      name: "users.jsonl",
      format: { kind: "jsonl", encoding: "utf-8" },
      columns: ["userName"],
      excluded: [],
      targets: [
        {
          stream: "identities",
          columns: {
            external_id: { column: "userName" },
            name: { template: "{name.givenName} {name.familyName}" },
            status: { column: "active", values: { true: "active", false: "disabled" } },
          },
        },
        {
          stream: "grants",
          columns: { holder: { column: "userName" }, entitlement: { column: "groups.value" } },
          split: { column: "groups.value", separator: ";" },
        },
      ],
    };
    const connector = createFilesConnector({ files: [uploadOf(file)], mapping: { version: 1, files: [mapping] } });
    expect(await readAll(connector, "identities")).toEqual([
      { external_id: "ada", name: "Ada Lovelace", status: "active" },
      { external_id: "bob", name: "Bob", status: "disabled" },
    ]);
    expect(await readAll(connector, "grants")).toEqual(["g1", "g2"].map((entitlement) => ({ holder: "ada", entitlement })));
  });
});

describe("a broken read", () => {
  it("fails at the page that holds the bad row, with its line, and not before", async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => row(index));
    rows[15_000] = "short,row";
    const file = files.write("accounts.csv", `login,fullname,groups,disabled,password\n${rows.join("\n")}\n`);
    const connector = createFilesConnector(config(uploadOf(file)), { pageRecords: 1_000 });
    const first = await connector.read("identities", null, signal);
    expect(first.records).toHaveLength(1_000);
    await expect(readAll(connector, "identities")).rejects.toThrow("accounts.csv, line 30,002: 2 cells where the header has 5.");
  });

  it("a column that the mapping reads and a new export no longer has", async () => {
    const file = files.write("accounts.csv", "login,fullname,teams,disabled,password\na,A,x,false,p\n");
    const connector = createFilesConnector(config(uploadOf(file)));
    await expect(connector.read("grants", null, signal)).rejects.toMatchObject({
      code: "missing_column",
      message: expect.stringContaining('"groups"'),
    });
    await expect(connector.read("identities", null, signal)).rejects.toMatchObject({ code: "missing_column" });
  });

  it("a cursor of another stream or another file", async () => {
    const connector = createFilesConnector(config(uploadOf(plain)), { pageRecords: 10 });
    const { next } = await connector.read("identities", null, signal);
    await expect(connector.read("grants", next, signal)).rejects.toMatchObject({ code: "bad_cursor" });
    const other = files.write("accounts.csv", `${accountsText}u9999,N,g1,true,x\r\n`);
    await expect(createFilesConnector(config(uploadOf(other))).read("identities", next, signal)).rejects.toMatchObject({
      code: "bad_cursor",
    });
  });

  it("an abort between two pages, after which another call goes on from the cursor", async () => {
    const connector = createFilesConnector(config(uploadOf(plain)), { pageRecords: 50 });
    const whole = await readAll(connector, "grants");
    const first = await connector.read("grants", null, signal);
    await expect(connector.read("grants", first.next, AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
    expect([...first.records, ...(await readAll(connector, "grants", first.next))]).toEqual(whole);
  });
});

describe("what it declares", () => {
  it("names, bytes and digests, the oldest export as its instant, and no total that nobody stated", async () => {
    const early = uploadOf(plain, { exportedAt: "2026-11-19T08:00:00+02:00" });
    const late = { ...uploadOf(zipped), name: "more.csv", mappedAs: "accounts.csv" };
    const declared = await createFilesConnector(config(early, late)).declare(signal);
    expect(declared).toMatchObject({
      observedAt: "2026-11-19T06:00:00.000Z",
      totals: {},
      scopes: [],
      account: "unattested, uploaded by Olga Orlova",
    });
    expect(declared.product).toContain(`accounts.csv, ${early.bytes.toLocaleString("en-US")} bytes, SHA-256 ${early.sha256}`);
  });

  it("a total only where every file of the stream came with a count", async () => {
    const counted = uploadOf(plain, { declared: { grants: 12, identities: 3 } });
    const other = { ...uploadOf(zipped, { declared: { grants: 30 } }), name: "more.csv", mappedAs: "accounts.csv" };
    expect((await createFilesConnector(config(counted, other)).declare(signal)).totals).toEqual({ grants: 42 });
  });

  it("who made the file and how, or that nobody says", () => {
    const attestation = { tool: "ldapsearch", version: "2.6", command: "ldapsearch -x", identity: "cn=reader" };
    expect(provenanceOf(uploadOf(plain, { attestation }))).toMatchObject({ kind: "attested", ...attestation, uploader: "Olga Orlova" });
    expect(provenanceOf(uploadOf(plain))).toMatchObject({ kind: "unattested", exportedAt: null });
  });

  it("refuses a stored file of which a byte has changed, or that is gone", async () => {
    const file = files.write("accounts.csv", accountsText);
    const connector = createFilesConnector(config(uploadOf(file)));
    await connector.declare(signal);
    writeFileSync(file.path, accountsText.replace("u1,", "x1,"));
    await expect(connector.declare(signal)).rejects.toMatchObject({ code: "changed" });
    rmSync(file.path);
    await expect(connector.declare(signal)).rejects.toMatchObject({ code: "missing" });
  });
});

describe("a configuration is refused", () => {
  const upload = uploadOf(plain);
  it.each<[string, unknown, string]>([
    ["that was exported after its upload", config({ ...upload, exportedAt: "2027-01-01T00:00:00Z" }), "exported after it was uploaded"],
    ["with a path for a name", config({ ...upload, name: "../accounts.csv" }), "no slash"],
    ["with an upload that no mapping reads", config(upload, { ...upload, name: "stray.csv" }), "has no file stray.csv"],
    ["with a mapped file that nobody uploaded", config({ ...upload, mappedAs: "other.csv" }), "has no file other.csv"],
    [
      "that maps an excluded column",
      { files: [upload], mapping: { version: 1, files: [{ ...accounts, excluded: ["login"] }] } },
      "excluded",
    ],
    [
      "that leaves out what is required",
      {
        files: [upload],
        mapping: { version: 1, files: [{ ...accounts, targets: [{ stream: "grants", columns: { holder: { column: "login" } } }] }] },
      },
      "entitlement of grants",
    ],
    ["that maps nothing", { files: [upload], mapping: { version: 1, files: [{ ...accounts, targets: [] }] } }, "at least one file"],
    ["with two files of one name", { files: [upload], mapping: { version: 1, files: [accounts, accounts] } }, "Two files"],
    ["with keys that nobody knows", { ...config(upload), password: "x" }, "nrecognized"],
  ])("%s", (_name, given, message) => {
    expect(() => createFilesConnector(given)).toThrow(message);
  });
});
