import { Readable } from "node:stream";
import { afterAll, expect, it } from "vitest";
import { reviewerScope } from "#lib/authz/scope.ts";
import type { GivenTermsInput } from "#lib/campaigns/answer-terms.ts";
import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { ITEM_KINDS } from "#lib/campaigns/item-kinds.ts";
import { getItem } from "#lib/campaigns/queries.ts";
import type { ItemKind } from "#lib/campaigns/types.ts";
import { reader } from "#lib/db/transact.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { runSync } from "#lib/ingest/commands/run-sync.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { uploadFile } from "#lib/ingest/commands/upload-file.ts";
import { columnsOf, type Stream } from "#lib/inventory/streams.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { job } from "#lib/testing/removals.ts";
import { DUE, mine, WORDS } from "#lib/testing/review-world.ts";
import { operatorCtx } from "#lib/testing/users.ts";
import { claimDone } from "./commands/claim.ts";
import { followUpRegrowth } from "./commands/follow-up.ts";
import { planRemediations } from "./commands/plan.ts";
import { verifyRemediations } from "./commands/verify.ts";

ownTestDatabase();
afterAll(stopSender);

type Row = Record<string, string>;
type State = Record<"people" | "identities" | "entitlements" | "grants" | "credentials" | "trusts", Row[]>;

const STREAMS = ["people", "identities", "entitlements", "grants", "credentials", "trusts"] as const satisfies readonly Stream[];
const csv = { kind: "csv", delimiter: ",", quote: '"', header: true, encoding: "utf-8" } as const;
const files = STREAMS.map((stream) => {
  const columns = Object.keys(columnsOf(stream));
  return {
    name: `${stream}.csv`,
    format: csv,
    columns,
    excluded: [],
    targets: [{ stream, columns: Object.fromEntries(columns.map((column) => [column, { column }])) }],
  };
});
const written = (stream: Stream, rows: readonly Row[]): string => {
  const columns = Object.keys(columnsOf(stream));
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))].map((line) => `${line.join(",")}\n`).join("");
};

let sources = 0;
/** Each test's own: an owner's name that fits two people names nobody. */
const who = (name: string) => `${name}.${sources}`;
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const robots = Array.from({ length: 9 }, (_, n) => `robot-${n}`);

const oldKey = (): Row => ({
  external_id: "old-key",
  identity: "deploy",
  kind: "key",
  created: ago(400),
  expires: "never",
  rotated: "never",
});

/** The pipeline deploys by a key and by a trust of every repository; the rest is there so that what goes is no suspicious drop. */
const start = (): State => ({
  people: [
    { external_id: who("mara"), name: "Mara Lindt", status: "active" },
    { external_id: who("tom"), name: "Tom Berg", status: "active" },
    { external_id: who("nils"), name: "Nils", status: "active" },
  ],
  identities: [
    { external_id: "deploy", name: "deploy-prod", class: "pipeline", status: "active", owner: who("mara"), last_used: ago(20) },
    ...robots.map((name) => ({ external_id: name, name, class: "human", status: "active" })),
  ],
  entitlements: [
    { external_id: "team", name: "release-team" },
    { external_id: "admin", name: "admin", privileged: "yes" },
    { external_id: "logs", name: "logs" },
  ],
  grants: [
    { holder: "deploy", entitlement: "team" },
    { holder_kind: "entitlement", holder: "team", entitlement: "admin" },
    { holder_kind: "entitlement", holder: "team", entitlement: "logs" },
    ...robots.map((holder) => ({ holder, entitlement: "logs" })),
  ],
  credentials: [
    oldKey(),
    ...robots.map((identity) => ({
      external_id: `key of ${identity}`,
      identity,
      kind: "key",
      created: ago(9),
      expires: "never",
      rotated: "never",
    })),
  ],
  trusts: [
    { external_id: "ci", identity: "deploy", issuer: "https://ci.example", subject_pattern: "repo:acme/*" },
    ...robots.map((identity) => ({
      external_id: `trust of ${identity}`,
      identity,
      issuer: "https://ci.example",
      subject_pattern: "repo:acme/x",
    })),
  ],
});

type Made = { sourceId: string; state: State; syncs: number };

/** What the source says from now on, read by a real sync: different bytes each time, for the same ones prove nothing. */
async function sync(made: Made): Promise<string> {
  made.syncs += 1;
  const ctx = operatorCtx();
  const people = made.state.people.map((row) => ({ ...row, title: `Engineer ${made.syncs}` }));
  for (const stream of STREAMS)
    await uploadFile(
      ctx,
      { sourceId: made.sourceId, name: `${stream}.csv` },
      Readable.from([Buffer.from(written(stream, stream === "people" ? people : made.state[stream]))]),
    );
  const { runId } = await startSync(ctx, { sourceId: made.sourceId, trigger: "upload" }, { isWorkedHere: true });
  const outcome = await runSync(ctx, { runId });
  expect(outcome).toMatchObject({ state: "APPLIED" });
  return runId;
}

async function madeSource(): Promise<Made> {
  sources += 1;
  const config = { mapping: { version: 1, files } };
  const { sourceId } = await addSource(operatorCtx(), { name: `machines ${sources}`, kind: "files", config, isPeopleSource: true });
  const made = { sourceId, state: start(), syncs: 0 };
  await sync(made);
  return made;
}

const personOf = async (sourceId: string, key: string) =>
  (await reader.rows<{ id: string }>("SELECT id FROM people WHERE source_id = $1::uuid AND external_id = $2::text", [sourceId, key]))[0]
    ?.id ?? "";

/** From a source that was read to a planned task for one decision about one item; everything else is kept. */
async function decided(made: Made, kind: ItemKind, name: string, termsOf: (facts: Facts) => GivenTermsInput): Promise<string> {
  const [mara, tom] = [await personOf(made.sourceId, who("mara")), await personOf(made.sourceId, who("tom"))];
  const owner = await make.makeUser({ roles: ["campaign_manager"] });
  const nils = await personOf(made.sourceId, who("nils"));
  const reviewer = await make.makeUser({ personId: nils, roles: ["reviewer"] });
  const { campaignId } = await createCampaign(make.ctxOf(owner), {
    name: `Machines ${made.syncs}`,
    scope: { sourceIds: [made.sourceId], identityClasses: ["pipeline"], kinds: [...ITEM_KINDS] },
    dueAt: DUE(),
    instructions: "Look.",
    fallbackPersonId: nils,
  });
  await stageCampaign(make.ctxOf(owner), { campaignId });
  await launchCampaign(make.ctxOf(owner), { campaignId });
  for (const row of await mine(reviewer, campaignId)) {
    const given = { campaignId, itemId: row.id, version: 0, rationale: "Looked at it." };
    if (row.kind !== kind || !row.entitlementName.includes(name)) {
      await decideItem(make.ctxOf(reviewer), { ...given, answer: "keep" });
      continue;
    }
    const detail = await getItem(reviewerScope(reviewer), campaignId, row.id);
    const terms = termsOf({ tom, mara, reach: (reached) => detail?.reaches.find((each) => each.name === reached)?.id ?? "" });
    await decideItem(make.ctxOf(reviewer), { ...given, answer: terms.answer, terms });
  }
  await submitDecisions(make.confirmed(reviewer), { campaignId, instructionsVersion: 1, ...WORDS });
  await closeDecisions(make.ctxOf(owner), { campaignId });
  await signOff(make.confirmed(owner), { campaignId, ...WORDS });
  await planRemediations(job(), { campaignId });
  return campaignId;
}
type Facts = { mara: string; tom: string; reach: (name: string) => string };

const tasks = (campaignId: string) =>
  reader.rows<{ id: string; state: string; kind: string; terms: unknown }>(
    "SELECT id, state::text AS state, kind, terms FROM remediations WHERE campaign_id = $1::uuid ORDER BY id",
    [campaignId],
  );
const only = async (campaignId: string) => {
  const [task, ...more] = await tasks(campaignId);
  if (!task || more.length > 0) throw new Error(`There are ${more.length + (task ? 1 : 0)} tasks.`);
  return task;
};

type Change = (state: State) => void;
type Case = [
  string,
  {
    kind: ItemKind;
    name: string;
    terms: (facts: Facts) => GivenTermsInput;
    half: Change;
    done: Change;
    still: RegExp;
    /** What undoes it afterwards, and the item that is made of that. */
    again: Change;
    back: [ItemKind, RegExp];
  },
];
const byKey = (rows: Row[], key: string): Row => rows.find(({ external_id }) => external_id === key) ?? {};
const without = (rows: Row[], key: string): Row[] => rows.filter(({ external_id }) => external_id !== key);
const newKey = (more: Row = {}): Row => ({
  external_id: "new-key",
  identity: "deploy",
  kind: "key",
  created: new Date().toISOString(),
  expires: "never",
  ...more,
});

it.each<Case>([
  [
    "a key is rotated once the newer one is there and the older one is not",
    {
      kind: "credential",
      name: "old-key",
      terms: () => ({ answer: "rotate" }),
      half: (state) => state.credentials.push(newKey()),
      done: (state) => {
        state.credentials = without(state.credentials, "old-key");
      },
      still: /old-key is still the old one/,
      again: (state) => state.credentials.push(oldKey()),
      back: ["credential", /old-key/],
    },
  ],
  [
    "a chain is rotated once what it begins with is a newer key",
    {
      kind: "chain",
      name: "old-key",
      terms: () => ({ answer: "rotate" }),
      half: (state) => state.credentials.push(newKey()),
      done: (state) => {
        state.credentials = without(state.credentials, "old-key");
      },
      still: /old-key is still the old one/,
      again: (state) => state.credentials.push(oldKey()),
      back: ["credential", /old-key/],
    },
  ],
  [
    "a key is shortened once what took its place ends in time",
    {
      kind: "credential",
      name: "old-key",
      terms: () => ({ answer: "shorten", maxDays: 30 }),
      half: (state) => {
        state.credentials = [...without(state.credentials, "old-key"), newKey({ expires: ago(-90) })];
      },
      done: (state) => {
        byKey(state.credentials, "new-key").expires = ago(-29);
      },
      still: /lasts longer than 30 days/,
      again: (state) => {
        byKey(state.credentials, "new-key").expires = "never";
      },
      back: ["credential", /new-key/],
    },
  ],
  [
    "a key is federated once the trust was used and no key is left",
    {
      kind: "credential",
      name: "old-key",
      terms: () => ({ answer: "federate", issuer: "https://ci.example" }),
      half: (state) => {
        state.credentials = without(state.credentials, "old-key");
      },
      done: (state) => {
        byKey(state.identities, "deploy").last_used = new Date(Date.now() + 60_000).toISOString();
      },
      still: /has not been used yet/,
      again: (state) => state.credentials.push(newKey()),
      back: ["credential", /new-key/],
    },
  ],
  [
    "a trust is narrowed once it admits no more than was decided",
    {
      kind: "trust",
      name: "acme",
      terms: () => ({ answer: "narrow", subjectPattern: "repo:acme/app:*" }),
      half: (state) => {
        byKey(state.trusts, "ci").subject_pattern = "repo:acme/a*";
      },
      done: (state) => {
        byKey(state.trusts, "ci").subject_pattern = "repo:acme/app:ref:refs/heads/main";
      },
      still: /repo:acme\/a\* may still assume it/,
      again: (state) => {
        byKey(state.trusts, "ci").subject_pattern = "repo:acme/*";
      },
      back: ["trust", /acme/],
    },
  ],
  [
    "a machine's access is narrowed once nothing of what goes is held by any path",
    {
      kind: "grant",
      name: "release-team",
      terms: ({ reach }) => ({ answer: "narrow", stays: [reach("logs")] }),
      half: (state) => state.grants.push({ holder: "deploy", entitlement: "logs" }),
      done: (state) => {
        state.grants = state.grants.filter(({ holder, entitlement }) => holder !== "deploy" || entitlement !== "team");
      },
      still: /still held/,
      again: (state) => state.grants.push({ holder: "deploy", entitlement: "team" }),
      back: ["grant", /release-team/],
    },
  ],
  [
    "access is limited in time once the source ends it by the date",
    {
      kind: "grant",
      name: "release-team",
      terms: () => ({ answer: "time_limit", until: ago(-30) }),
      half: (state) => {
        (state.grants[0] ?? {}).expires = ago(-60);
      },
      done: (state) => {
        (state.grants[0] ?? {}).expires = ago(-29);
      },
      still: /ends only on/,
      again: (state) => {
        (state.grants[0] ?? {}).expires = ago(-90);
      },
      back: ["grant", /release-team/],
    },
  ],
  [
    "an identity is split once one pipeline is all that leads into it",
    {
      kind: "identity",
      name: "Identity",
      terms: () => ({ answer: "split" }),
      half: (state) => {
        state.credentials = without(state.credentials, "old-key");
      },
      done: (state) => {
        byKey(state.trusts, "ci").subject_pattern = "repo:acme/app:*";
      },
      still: /more than one pipeline/,
      again: (state) => state.credentials.push(newKey()),
      back: ["identity", /Identity/],
    },
  ],
  [
    "an identity has its new owners once both are entered",
    {
      kind: "identity",
      name: "Identity",
      terms: ({ tom, mara }) => ({ answer: "re_own", ownerId: tom, backupOwnerId: mara }),
      half: (state) => {
        byKey(state.identities, "deploy").owner = who("tom");
      },
      done: (state) => {
        byKey(state.identities, "deploy").backup_owner = who("mara");
      },
      still: /backup owner is nobody/,
      again: (state) => {
        byKey(state.people, who("tom")).status = "left";
      },
      back: ["identity", /Identity/],
    },
  ],
  [
    "an identity is retired once it is disabled and holds nothing",
    {
      kind: "identity",
      name: "Identity",
      terms: () => ({ answer: "retire" }),
      half: (state) => {
        byKey(state.identities, "deploy").status = "disabled";
      },
      done: (state) => {
        state.grants = state.grants.filter(({ holder }) => holder !== "deploy");
      },
      still: /still holds 1 grant/,
      again: (state) => {
        byKey(state.identities, "deploy").status = "active";
      },
      back: ["identity", /Identity/],
    },
  ],
])("%s", async (_name, { kind, name, terms, half, done, still, again, back }) => {
  const made = await madeSource();
  const campaignId = await decided(made, kind, name, terms);
  const task = await only(campaignId);
  expect(task).toMatchObject({ state: "MANUAL_REQUIRED", terms: { answer: task.kind } });
  const pat = await make.makeUser({ roles: ["platform_engineer"] });
  const claim = () => claimDone(make.ctxOf(pat), { remediationId: task.id, proof: "Changed in the console, ticket OPS-12." });
  const publish = async () => verifyRemediations(job(), { sourceId: made.sourceId, runId: await sync(made) });

  await claim();
  half(made.state);
  expect(await publish()).toEqual({ verified: 0, absent: 0, present: 1 });
  expect((await only(campaignId)).state).toBe("MANUAL_REQUIRED");
  const [reason] = await reader.rows<{ reason: string }>(
    "SELECT detail ->> 'reason' AS reason FROM remediation_events WHERE remediation_id = $1::uuid AND kind = 'MANUAL_REQUIRED' ORDER BY (detail ->> 'version')::int DESC LIMIT 1",
    [task.id],
  );
  expect(reason?.reason).toMatch(still);

  await claim();
  done(made.state);
  expect(await publish()).toEqual({ verified: 0, absent: 1, present: 0 });
  expect(await publish()).toEqual({ verified: 1, absent: 0, present: 0 });
  expect((await only(campaignId)).state).toBe("VERIFIED");

  const followUp = async () => followUpRegrowth(job(), { sourceId: made.sourceId, runId: await sync(made) });
  expect(await followUp()).toEqual({ campaigns: 0, regrown: 0 });
  again(made.state);
  expect(await followUp()).toEqual({ campaigns: 1, regrown: 1 });
  expect(await followUp()).toEqual({ campaigns: 0, regrown: 0 });
  const [item] = await reader.rows<{ kind: string; name: string; state: string; parent: string; cause: string }>(
    `SELECT i.kind, i.entitlement_name AS name, i.state::text AS state, c.parent_id AS parent, c.cause FROM remediations r
     JOIN campaigns c ON c.id = r.regrown_campaign_id JOIN items i ON i.campaign_id = c.id AND i.id = r.regrown_item_id AND i.follows_item_id = r.item_id
     WHERE r.id = $1::uuid AND r.state = 'VERIFIED'`,
    [task.id],
  );
  expect(item).toEqual({ kind: back[0], name: expect.stringMatching(back[1]), state: "ASSIGNED", parent: campaignId, cause: "regrown" });
  const events = (await make.auditOf("remediation.regrown")).filter(({ subject }) => subject.id === task.id);
  expect(events).toHaveLength(1);
  const [told] = await reader.rows<{ reason: string }>(
    "SELECT detail ->> 'reason' AS reason FROM remediation_events WHERE remediation_id = $1::uuid AND kind = 'regrown'",
    [task.id],
  );
  expect(told?.reason).toMatch(/^There again: .+\.$/);
});
