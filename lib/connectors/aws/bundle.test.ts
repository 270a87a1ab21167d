import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Stream, StreamRecord } from "#lib/inventory/streams.ts";
import { temporaryFiles, uploadOf } from "../files/sample-files.ts";
import { createAwsConnector } from "./connector.ts";
import { ACCOUNT, ARNS, DETAILS, DEVICES, REPORT, SUMMARY } from "./sample-account.ts";
import { awsConfig } from "./schema.ts";

const files = temporaryFiles();
const signal = new AbortController().signal;
type File = [name: string, content: unknown];
const text = (content: unknown) => (typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content));
const upload = ([name, content]: File) => uploadOf(files.write(name, text(content)));

const connect = (given: readonly File[], more: object = {}) =>
  createAwsConnector(awsConfig({ way: "bundle", ...more, files: given.map(upload) }, {}));

const WHOLE: File[] = [
  ["details.json", DETAILS],
  ["report.csv", REPORT],
  ["devices.json", DEVICES],
  ["summary.json", SUMMARY],
];

async function read(given: readonly File[], more: object = {}) {
  const connector = connect(given, more);
  const declared = await connector.declare(signal);
  const pages = await Promise.all(connector.streams.map(async (stream) => [stream, await connector.read(stream, null, signal)] as const));
  await connector.close();
  const of = (stream: Stream) => pages.find(([name]) => name === stream)?.[1];
  const record = (stream: Stream, externalId: string): StreamRecord | undefined =>
    of(stream)?.records.find(({ external_id }) => external_id === externalId);
  return { declared, of, record };
}

describe("what a bundle tells", () => {
  it("identities by what they sign in with, each with its account in its name", async () => {
    const { record } = await read(WHOLE, { accounts: [{ id: ACCOUNT, name: "Production", environment: "prod" }] });
    expect(record("identities", ARNS.ada)).toMatchObject({
      name: "ada (Production)",
      class: "human",
      interactive: "yes",
      owner: "ada@example.com",
      environment: "prod",
      last_used: "2026-11-18T09:00:00.000Z",
    });
    expect(record("identities", ARNS.robot)).toMatchObject({ class: "service", interactive: "no", environment: "prod" });
    expect(record("identities", ARNS.pipeline)).toMatchObject({ class: "pipeline", last_used: "unknown" });
    expect(record("identities", ARNS.deploy)).toMatchObject({ class: "workload", last_used: "2026-11-19T08:00:00.000Z" });
    expect(record("identities", ARNS.root)).toMatchObject({
      class: "break_glass",
      last_used: "unknown",
      created: "2024-01-02T03:04:05.000Z",
    });
  });

  it("credentials and factors: each with its dates, switched-off keys counted and left out", async () => {
    const { of, record } = await read(WHOLE);
    expect(
      of("credentials")?.records.map(({ external_id, kind, created, expires, rotated, last_used }) => [
        external_id,
        kind,
        created,
        expires,
        rotated,
        last_used,
      ]),
    ).toEqual(
      [
        [`${ARNS.root}/password`, "password", "not_supported", "not_supported", "not_supported", "unknown"],
        [`${ARNS.ada}/password`, "password", "unknown", "never", "2026-01-05T10:00:00.000Z", "2026-11-18T09:00:00.000Z"],
        [
          `${ARNS.robot}/access-key/2025-06-01T00:00:00.000Z`,
          "key",
          "2025-06-01T00:00:00.000Z",
          "never",
          "2025-06-01T00:00:00.000Z",
          "2026-11-19T23:00:00.000Z",
        ],
        [
          `${ARNS.robot}/access-key/2025-07-01T00:00:00.000Z`,
          "key",
          "2025-07-01T00:00:00.000Z",
          "never",
          "2025-07-01T00:00:00.000Z",
          "never",
        ],
        [
          `${ARNS.robot}/certificate/2025-08-01T00:00:00.000Z`,
          "certificate",
          "2025-08-01T00:00:00.000Z",
          "never",
          "2025-08-01T00:00:00.000Z",
          "not_supported",
        ],
      ].sort(([one = ""], [other = ""]) => (one < other ? -1 : 1)),
    );
    expect(of("credentials")?.excluded).toEqual({ "keys and certificates that are switched off": 1 });
    expect(record("factors", `arn:aws:iam::${ACCOUNT}:mfa/ada`)).toMatchObject({
      identity: ARNS.ada,
      kind: "authenticator_app",
      phishing_resistant: "no",
    });
    expect(record("factors", `${ARNS.root}/mfa`)).toMatchObject({ kind: "unknown", phishing_resistant: "unknown" });
    expect(of("factors")?.records).toHaveLength(2);
  });

  it("grants as the account holds them, and who may assume what, through a policy or by name", async () => {
    const { of } = await read(WHOLE);
    const deploys = `inline:${ARNS.deploy}:deploys`;
    const operators = `policy:${ACCOUNT}:${ARNS.operators}`;
    const boundary = `limited by the permissions boundary ${ARNS.boundary}`;
    const grants = of("grants")?.records.map(({ holder, entitlement, options }) => [holder, entitlement, options]);
    expect(grants).toEqual(
      expect.arrayContaining([
        [ARNS.root, `root:${ACCOUNT}`, null],
        [ARNS.ada, `member:${ARNS.admins}`, null],
        [`member:${ARNS.admins}`, `policy:${ACCOUNT}:arn:aws:iam::aws:policy/AdministratorAccess`, null],
        [ARNS.robot, operators, boundary],
        [ARNS.pipeline, operators, null],
        [ARNS.deploy, deploys, null],
        [`assume:${ARNS.deploy}`, deploys, null],
        [`inline:${ARNS.robot}:may-deploy`, `assume:${ARNS.deploy}`, null],
        [`policy:${ACCOUNT}:arn:aws:iam::aws:policy/AdministratorAccess`, `assume:${ARNS.deploy}`, null],
        [ARNS.robot, `assume:${ARNS.machine}`, "only if StringEquals sts:ExternalId: x-1"],
        [ARNS.robot, `inline:${ARNS.robot}:may-deploy`, boundary],
      ]),
    );
    expect(grants).toHaveLength(11);
  });

  it("who may assume a role by several statements as the one that asks for least says", async () => {
    const [deploy, pipeline, machine] = DETAILS.RoleDetailList;
    const condition = { StringEquals: { "sts:ExternalId": "x-1" } };
    const named = { Effect: "Allow", Principal: { AWS: ARNS.ada }, Action: "sts:AssumeRole" };
    const trust = { Statement: [{ ...named, Condition: condition }, named] };
    const { of } = await read([
      ["details.json", { ...DETAILS, RoleDetailList: [{ ...deploy, AssumeRolePolicyDocument: trust }, pipeline, machine] }],
    ]);
    const held = of("grants")?.records.filter(({ entitlement }) => entitlement === `assume:${ARNS.deploy}`);
    expect(held?.map(({ holder, options }) => [holder, options])).toEqual([[ARNS.ada, null]]);
  });

  it("trusts with what is too broad in words, before the conditions", async () => {
    const { record } = await read(WHOLE);
    expect(record("trusts", `${ARNS.pipeline}/trust/https://token.actions.githubusercontent.com`)).toMatchObject({
      subject_pattern: "repo:acme/*",
      audience: "sts.amazonaws.com",
      conditions: "Any branch of any matching repository of acme can assume this role.",
    });
  });

  it("a document that was not exported as unknown, whatever the policy is called", async () => {
    const { record, declared } = await read([["details.json", { ...DETAILS, Policies: [] }]]);
    expect(record("entitlements", `policy:${ACCOUNT}:arn:aws:iam::aws:policy/AdministratorAccess`)).toMatchObject({
      privileged: "unknown",
      contents: null,
    });
    expect(record("entitlements", `member:${ARNS.admins}`)).toMatchObject({ privileged: "unknown" });
    expect(declared.scopes.find(({ name }) => name === "Documents of all policies")).toMatchObject({ isHeld: false, isMandatory: false });
  });

  it("no credentials at all without a report, and says that they were not told", async () => {
    const { of, record, declared } = await read([["details.json", DETAILS]]);
    for (const stream of ["credentials", "factors"] as const)
      expect(of(stream)).toMatchObject({ records: [], completeness: { kind: "unavailable" } });
    expect(record("identities", ARNS.ada)).toMatchObject({ class: "unknown", interactive: "unknown", last_used: "unknown" });
    expect(declared.totals).toEqual({});
  });

  it("the account's own count as what the export should have", async () => {
    expect((await read(WHOLE)).declared.totals).toEqual({ identities: 7, resources: 5 });
  });

  it("the report also as the API answers it, and everything gzipped", async () => {
    const wrapped = { Content: Buffer.from(REPORT).toString("base64"), ReportFormat: "text/csv", GeneratedTime: "2026-11-20T08:00:00Z" };
    const packed = await read([
      ["details.json.gz", gzipSync(JSON.stringify(DETAILS))],
      ["report.json", wrapped],
    ]);
    expect(packed.of("credentials")?.records).toHaveLength(5);
  });

  it("several accounts side by side, a name of one being nobody of the other", async () => {
    const other = JSON.parse(JSON.stringify(DETAILS).replaceAll(ACCOUNT, "210987654321")) as unknown;
    const { of, declared } = await read([
      ["one.json", DETAILS],
      ["two.json", other],
    ]);
    expect(
      of("identities")
        ?.records.filter(({ login }) => login === "ada")
        .map(({ name }) => name),
    ).toEqual([`ada (${ACCOUNT})`, "ada (210987654321)"]);
    expect(declared.endpoint).toBe(`${ACCOUNT}, 210987654321`);
  });
});

describe("what is refused, whole, and where", () => {
  const json = JSON.stringify(DETAILS, null, 2);
  it.each<[string, File[], RegExp]>([
    ["a bundle without its main part", [["report.csv", REPORT]], /None of the files is an export of GetAccountAuthorizationDetails/],
    [
      "JSON that ends early",
      [["details.json", json.slice(0, json.length / 2)]],
      /details\.json, line \d.*column \d.*ends before it is complete/,
    ],
    [
      "JSON that is broken inside",
      [["details.json", json.replace('"UserName": "ada"', '"UserName" "ada"')]],
      /details\.json, line 5, column 18: the JSON is broken here/,
    ],
    ["a name that stands twice", [["details.json", `{"UserDetailList":[],"UserDetailList":[]}`]], /line 1, column 22: a name stands twice/],
    ["JSON of something else", [["details.json", { Buckets: [] }]], /none of the exports that are read/],
    ["a list", [["details.json", [DETAILS]]], /neither JSON of the AWS CLI nor a credential report/],
    ["one page of several", [["details.json", { ...DETAILS, IsTruncated: true, Marker: "m" }]], /one page of several/],
    ["a page as the CLI cuts it", [["details.json", { ...DETAILS, NextToken: "m" }]], /one page of several/],
    [
      "a user that stands twice",
      [["details.json", { ...DETAILS, UserDetailList: [...DETAILS.UserDetailList, DETAILS.UserDetailList[0]] }]],
      /user\/ada stands twice/,
    ],
    [
      "an entry without an ARN",
      [["details.json", { ...DETAILS, UserDetailList: [{ UserName: "x", CreateDate: "2024-01-02" }] }]],
      /UserDetailList\.0\.Arn is not as/,
    ],
    [
      "a date that is none",
      [["details.json", { ...DETAILS, RoleDetailList: [{ ...DETAILS.RoleDetailList[0], CreateDate: "soon" }] }]],
      /RoleDetailList\.0\.CreateDate/,
    ],
    [
      "two accounts in one file",
      [["details.json", JSON.stringify(DETAILS).replace(ARNS.ada, ARNS.ada.replace(ACCOUNT, "210987654321"))]],
      /names several accounts/,
    ],
    [
      "two exports of one account",
      [
        ["a.json", DETAILS],
        ["b.json", DETAILS],
      ],
      /Two of the files are exports of account 123456789012/,
    ],
    [
      "a report of another account",
      [
        ["details.json", DETAILS],
        ["report.csv", REPORT.replaceAll(ACCOUNT, "210987654321")],
      ],
      /no export of its users/,
    ],
    [
      "an account without anybody",
      [["details.json", { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] }]],
      /which account it is cannot be told/,
    ],
    ["a spreadsheet", [["details.json", Buffer.from([0x50, 0x4b, 3, 4, 0, 0])]], /ZIP archive or a spreadsheet/],
    ["bytes that are no text", [["details.json", Buffer.from([0x7b, 0xff, 0xfe, 0x7d])]], /UTF-8/],
    ["a bomb", [["details.json", gzipSync(Buffer.alloc(200 * 1024 ** 2, 0x20))]], /unpacks to more than|more than [\d,]+ bytes/],
  ])("%s", async (_name, given, message) => {
    const connector = connect(given);
    await expect(connector.declare(signal)).rejects.toThrow(message);
    await connector.close();
  });

  it("a file that is not the one that was uploaded", async () => {
    const file = upload(["details.json", DETAILS]);
    const connector = createAwsConnector(awsConfig({ way: "bundle", files: [{ ...file, sha256: "0".repeat(64) }] }, {}));
    await expect(connector.declare(signal)).rejects.toThrow(/no longer the one that was uploaded/);
  });

  it("nothing uploaded yet", async () => {
    await expect(createAwsConnector(awsConfig({ way: "bundle" }, {})).declare(signal)).rejects.toThrow(/no file yet/);
  });
});
