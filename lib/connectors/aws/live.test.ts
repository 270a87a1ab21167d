import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { Stream, StreamRecord } from "#lib/inventory/streams.ts";
import { connectorContract } from "../contract-suite.ts";
import { temporaryFiles, uploadOf } from "../files/sample-files.ts";
import { createAwsConnector } from "./connector.ts";
import { type Answers, denied, paged, type Replay, SAMPLE_ANSWERS, startReplay, throttled } from "./replay.ts";
import { ARNS, DETAILS, DEVICES, EXAMPLES, EXPORTS, hasExamples, hasExports, REPORT, SUMMARY } from "./sample-account.ts";
import { awsConfig } from "./schema.ts";

const SECRET = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
/** By a constant: a function under a capitalised name passes for a component. */
const CALL = {
  details: "GetAccountAuthorizationDetails",
  makeReport: "GenerateCredentialReport",
  report: "GetCredentialReport",
  summary: "GetAccountSummary",
  virtualDevices: "ListVirtualMFADevices",
  devices: "ListMFADevices",
  keys: "ListAccessKeys",
  assume: "AssumeRole",
} as const;
const files = temporaryFiles();
const never = () => new AbortController().signal;
const started: Replay[] = [];
afterEach(async () => {
  for (const replay of started.splice(0)) await replay.close();
});

async function replayed(answers: Answers): Promise<Replay> {
  const replay = await startReplay(answers);
  started.push(replay);
  return replay;
}
const asking = (endpoint: string, more: object = {}) =>
  createAwsConnector(awsConfig({ way: "live", region: "us-east-1", endpoint, ...more }, SECRET));
const connect = async (changes: Partial<Answers> = {}, more: object = {}) =>
  asking((await replayed({ ...SAMPLE_ANSWERS, ...changes } as Answers)).endpoint, more);

async function streamsOf(connector: ReturnType<typeof asking>): Promise<Record<string, readonly StreamRecord[]>> {
  const streams: Record<string, readonly StreamRecord[]> = {};
  for (const stream of connector.streams) streams[stream] = (await connector.read(stream, null, never())).records;
  await connector.close();
  return streams;
}

// One server for the life of the file: the suite makes many connectors to it.
const whole = await startReplay(SAMPLE_ANSWERS);
const options = { hasMovingClock: true, secrets: [SECRET.secretAccessKey, SECRET.accessKeyId] };
connectorContract("AWS asked over its API, replayed", async () => asking(whole.endpoint), {
  ...options,
  makeBroken: async () => asking("http://127.0.0.1:9"),
});
connectorContract("AWS asked over its API, replayed, in small pages", async () => asking(whole.endpoint, { pageSize: 3 }), options);

describe("asked over its API", () => {
  it("tells the same as the files that the CLI exports of the same account, but for the ids of keys", async () => {
    const bundle = createAwsConnector(
      awsConfig(
        {
          way: "bundle",
          files: [
            ["details.json", JSON.stringify(DETAILS)],
            ["report.csv", REPORT],
            ["devices.json", JSON.stringify(DEVICES)],
            ["summary.json", JSON.stringify(SUMMARY)],
          ].map(([name = "", content = ""]) => uploadOf(files.write(name, content))),
        },
        {},
      ),
    );
    const asked = await streamsOf(await connect());
    const uploaded = await streamsOf(bundle);
    const withoutIds = (records: readonly StreamRecord[] = []) => records.map(({ fingerprint: _id, ...rest }) => rest);
    for (const [stream, records] of Object.entries(uploaded)) expect(withoutIds(asked[stream]), stream).toEqual(withoutIds(records));
    expect(
      asked.credentials?.filter(({ identity, kind }) => identity === ARNS.robot && kind === "key").map(({ fingerprint }) => fingerprint),
    ).toEqual(["AKIA111111111EXAMPLE", "AKIA222222222EXAMPLE"]);
  });

  it("follows every marker to the last page", async () => {
    const replay = await replayed({ ...SAMPLE_ANSWERS, [CALL.details]: paged(DETAILS, 1) });
    expect((await streamsOf(asking(replay.endpoint))).identities).toHaveLength(7);
    expect(replay.calls.filter(({ Action }) => Action === "GetAccountAuthorizationDetails").map(({ Marker }) => Marker ?? null)).toEqual([
      null,
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `marker-${at}`),
    ]);
  });

  it("reads a security key by the serial number that only its user's own list has", async () => {
    const serial = "arn:aws:iam::123456789012:u2f/user/ada/key-1";
    const connector = await connect({
      [CALL.virtualDevices]: () => ({ result: { IsTruncated: false, VirtualMFADevices: [] } }),
      [CALL.devices]: ({ UserName }) => ({
        result: { IsTruncated: false, MFADevices: [{ UserName, SerialNumber: serial, EnableDate: "2025-02-03T04:05:06Z" }] },
      }),
    });
    const { factors } = await streamsOf(connector);
    expect(factors?.find(({ external_id }) => external_id === serial)).toMatchObject({
      identity: ARNS.ada,
      kind: "security_key",
      phishing_resistant: "yes",
    });
  });

  it("acts as the role that is named, with its external id", async () => {
    const replay = await replayed({
      ...SAMPLE_ANSWERS,
      [CALL.assume]: () => ({
        result: {
          Credentials: {
            AccessKeyId: "ASIABORROWEDEXAMPLE0",
            SecretAccessKey: "borrowed-secret-key",
            SessionToken: "t",
            Expiration: "2026-11-28T10:00:00Z",
          },
        },
      }),
    });
    await streamsOf(asking(replay.endpoint, { role: { arn: "arn:aws:iam::123456789012:role/reader", externalId: "x-1" } }));
    expect(replay.calls[0]).toMatchObject({ Action: "AssumeRole", RoleArn: "arn:aws:iam::123456789012:role/reader", ExternalId: "x-1" });
    expect(replay.authorizations[1]).toContain("ASIABORROWEDEXAMPLE0");
  });
});

describe("what may not be called", () => {
  it.each<[string, Partial<Answers>, string, readonly Stream[]]>([
    ["the credential report", { [CALL.makeReport]: denied }, "Credential report", ["credentials"]],
    ["MFA devices", { [CALL.virtualDevices]: denied }, "MFA devices", []],
    ["the account's summary", { [CALL.summary]: denied }, "Account summary", []],
    ["ids of keys", { [CALL.keys]: denied }, "Ids of access keys", []],
  ])("%s: an optional call costs its columns, named, and not the run", async (_name, changes, scope, silent) => {
    const connector = await connect(changes);
    const { scopes } = await connector.declare(never());
    expect(scopes.filter(({ isHeld }) => !isHeld).map(({ name, isMandatory }) => [name.startsWith(scope), isMandatory])).toEqual([
      [true, false],
    ]);
    for (const stream of silent) expect((await connector.read(stream, null, never())).completeness.kind).toBe("unavailable");
    expect((await connector.read("identities", null, never())).records).toHaveLength(7);
    await connector.close();
  });

  it("the one that everything hangs on holds the run: a mandatory scope is missing and every stream is unavailable", async () => {
    const connector = await connect({ [CALL.details]: denied });
    const { scopes } = await connector.declare(never());
    expect(scopes).toEqual([expect.objectContaining({ name: "Authorization details", isMandatory: true, isHeld: false })]);
    for (const stream of connector.streams)
      expect(await connector.read(stream, null, never()), stream).toMatchObject({ records: [], completeness: { kind: "unavailable" } });
    await connector.close();
  });
});

describe("a source that misbehaves fails the run", () => {
  it("when it asks to slow down, and never blanks a column instead", async () => {
    for (const call of ["GetAccountAuthorizationDetails", "GenerateCredentialReport", "ListVirtualMFADevices", "ListAccessKeys"])
      await expect((await connect({ [call]: throttled })).declare(never()), call).rejects.toThrow(/slow down/);
  });

  it("but not when it does so once", async () => {
    let calls = 0;
    const details = SAMPLE_ANSWERS.GetAccountAuthorizationDetails;
    const connector = await connect({
      [CALL.details]: (parameters) => {
        calls += 1;
        return calls === 1 || !details ? throttled() : details(parameters);
      },
    });
    expect((await streamsOf(connector)).identities).toHaveLength(7);
  });

  it.each<[string, Partial<Answers>, RegExp]>([
    [
      "a marker that comes again",
      { [CALL.details]: () => ({ result: { IsTruncated: true, Marker: "same", UserDetailList: [] } }) },
      /no new marker/,
    ],
    ["more to come and no marker", { [CALL.details]: () => ({ result: { IsTruncated: true } }) }, /no new marker/],
    [
      "an entry that is none",
      { [CALL.details]: () => ({ result: { IsTruncated: false, UserDetailList: [{ UserName: "x" }] } }) },
      /page 1: UserDetailList\.0/,
    ],
    [
      "a report that is none",
      { [CALL.report]: () => ({ result: { Content: Buffer.from("a,b\n1,2").toString("base64") } }) },
      /has no column/,
    ],
    [
      "a key that AWS does not know",
      { [CALL.details]: () => ({ status: 403, code: "InvalidClientTokenId" }) },
      /does not know the access key/,
    ],
    ["a wrong secret", { [CALL.details]: () => ({ status: 403, code: "SignatureDoesNotMatch" }) }, /refused the secret/],
    [
      "an answer that is no XML",
      { [CALL.details]: () => ({ raw: (response) => void response.writeHead(200).end("<html>sign in") }) },
      /could not be read|names no user/,
    ],
    ["an answer that breaks off", { [CALL.details]: () => ({ raw: (response) => void response.destroy() }) }, /could not be read/],
  ])("%s", async (_name, changes, message) => {
    const connector = await connect(changes);
    await expect(connector.declare(never())).rejects.toThrow(message);
    await connector.close();
  });

  it("when it never answers: within the source's own deadline", async () => {
    const connector = await connect({ [CALL.details]: () => ({ raw: () => {} }) }, { deadlineSeconds: 5 });
    await expect(connector.declare(never())).rejects.toThrow(/longer than the 5 seconds/);
  });

  it("when an answer has no end: cut off by size", async () => {
    const endless = (response: import("node:http").ServerResponse) => {
      response.writeHead(200, { "content-type": "text/xml" });
      const chunk = "x".repeat(1024 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    await expect((await connect({ [CALL.details]: () => ({ raw: endless }) })).declare(never())).rejects.toThrow(/larger than/);
  });

  it("when it sends elsewhere: no redirect is followed, and nothing is asked there", async () => {
    const elsewhere = await replayed(SAMPLE_ANSWERS);
    const redirect = (response: import("node:http").ServerResponse) =>
      void response.writeHead(307, { location: `${elsewhere.endpoint}/` }).end();
    await expect((await connect({ [CALL.details]: () => ({ raw: redirect }) })).declare(never())).rejects.toThrow(/none is followed/);
    expect(elsewhere.calls).toEqual([]);
  });

  it("when the machine's own environment would lead the client elsewhere", async () => {
    const elsewhere = await replayed(SAMPLE_ANSWERS);
    process.env.AWS_ENDPOINT_URL_IAM = elsewhere.endpoint;
    try {
      const connector = createAwsConnector(awsConfig({ way: "live", region: "us-east-1" }, SECRET));
      await expect(connector.declare(never())).rejects.toThrow(/which is not AWS/);
      expect(elsewhere.calls).toEqual([]);
    } finally {
      delete process.env.AWS_ENDPOINT_URL_IAM;
    }
  });

  it("when its name leads to a metadata address", async () => {
    await expect(asking("http://169.254.169.254").declare(never())).rejects.toThrow(/link-local or metadata/);
  });
});

describe.skipIf(!hasExamples)("AWS's own documented examples", () => {
  const examples = hasExamples ? (JSON.parse(readFileSync(EXAMPLES, "utf8")).examples as Record<string, { output: object }[]>) : {};
  const example = (call: string) => () => ({ result: { IsTruncated: false, ...examples[call]?.[0]?.output } });

  it("come through the client as they are written: keys, devices and counts", async () => {
    const connector = await connect({
      [CALL.keys]: example("ListAccessKeys"),
      [CALL.virtualDevices]: example("ListVirtualMFADevices"),
      [CALL.summary]: example("GetAccountSummary"),
    });
    const { scopes, totals } = await connector.declare(never());
    // The documented summary is from before roles were counted, so it declares nothing; nobody has the documented devices.
    expect(totals).toEqual({});
    expect(scopes.filter(({ isHeld }) => !isHeld).map(({ name }) => name)).toEqual(["Account summary"]);
    expect((await connector.read("factors", null, never())).records.map(({ kind }) => kind)).toEqual(["unknown", "unknown"]);
  });
});

describe.skipIf(!hasExports)("exports that nobody here made, as pages of the API", () => {
  it.each(EXPORTS.map((file) => [file.name, file] as const))("%s tells the same as the file", async (_name, file) => {
    const details = JSON.parse(readFileSync(file.path, "utf8")) as Parameters<typeof paged>[0];
    const asked = await streamsOf(
      await connect({
        [CALL.details]: paged(details, 4),
        [CALL.makeReport]: denied,
        [CALL.summary]: denied,
        [CALL.virtualDevices]: denied,
      }),
    );
    const uploaded = await streamsOf(createAwsConnector(awsConfig({ way: "bundle", files: [uploadOf(file)] }, {})));
    // How long ago a role was last used depends on the day that one asks.
    const steady = (records: readonly StreamRecord[] = []) => records.map(({ last_used: _used, ...rest }) => rest);
    for (const [stream, records] of Object.entries(uploaded)) expect(steady(asked[stream]), stream).toEqual(steady(records));
  });
});
