import { randomUUID } from "node:crypto";
import { reader } from "#lib/db/transact.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { requestGateOverride } from "#lib/ingest/commands/override-gate.ts";
import { proposePeople } from "#lib/ingest/commands/propose-people.ts";
import { pauseSource } from "#lib/ingest/commands/source-state.ts";
import { confirmMatch } from "#lib/inventory/commands/match-person.ts";
import type { StreamRecord } from "#lib/inventory/streams.ts";
import * as make from "../factories.ts";
import { addMemorySource, jobAt, syncMemory } from "../ingest.ts";
import { EXAMPLE } from "../ingest-example.ts";
import { call } from "../trail.ts";
import { operatorCtx } from "../users.ts";
import { type Samples, type Sent, somebody } from "./sample.ts";

const engineer = () => somebody("platform_engineer");
const ctx = jobAt("2026-11-20T08:00:00.000Z");
const reason = "The export was cut";
/** Nobody listens there: what reaches out to it says so. */
const NOWHERE = { host: "127.0.0.1", port: 1, user: "reader", database: "corp", tls: { mode: "disable" } };
const secret = { password: "reader-secret" };

async function sourceId(kind: "files" | "postgres" = "files"): Promise<string> {
  const of = kind === "files" ? {} : { config: NOWHERE, secret };
  return (await addSource(operatorCtx(), { name: `Source ${randomUUID()}`, kind, ...of })).sourceId;
}
const ofSource = async (more: object = {}): Promise<Sent> => ({ by: await engineer(), input: { sourceId: await sourceId(), ...more } });

async function heldRun(): Promise<string> {
  const id = await addMemorySource();
  await syncMemory(ctx, id, EXAMPLE);
  return (await syncMemory(ctx, id, { ...EXAMPLE, grants: EXAMPLE.grants.slice(0, 2) })).runId;
}

/** An identity and a person who are the same by name, and whom nothing else tells apart from the rest. */
async function proposal(): Promise<{ matchId: string; identityId: string; personId: string }> {
  const word = randomUUID().replaceAll("-", "").replaceAll(/\d/g, "");
  const people: StreamRecord[] = [{ external_id: word, name: `Ada ${word}`, user_name: `a${word}` }];
  await syncMemory(ctx, await addMemorySource(), { people });
  const source = await addMemorySource({ isPeopleSource: false });
  const identities: StreamRecord[] = [{ external_id: word, name: `${word}, Ada`, class: "human", login: `a${word}` }];
  const { runId } = await syncMemory(ctx, source, { identities });
  await proposePeople(ctx, { sourceId: source, runId });
  const [match] = await reader.rows<{ matchId: string; identityId: string; personId: string }>(
    `SELECT m.id AS "matchId", m.identity_id AS "identityId", m.person_id AS "personId" FROM identity_person_matches m
     JOIN identities i ON i.id = m.identity_id WHERE i.source_id = $1::uuid`,
    [source],
  );
  if (!match) throw new Error("Nobody was proposed.");
  return match;
}

async function matched(): Promise<string> {
  const { matchId, identityId } = await proposal();
  await confirmMatch(make.ctxOf(await engineer()), { matchId });
  return identityId;
}

const verbInput = (input: unknown) => () => ({
  body: "",
  headers: { "x-countersign-input": Buffer.from(JSON.stringify(input)).toString("base64") },
});

const CSV = "external_id,name\np1,Ada\n";

export const sourceSamples: Samples = {
  "source.add": async () => ({ by: await engineer(), input: { name: `Source ${randomUUID()}`, kind: "files" } }),
  "source.change": () => ofSource({ name: `Renamed ${randomUUID()}` }),
  "source.test": async () => ({ by: await engineer(), input: { sourceId: await sourceId("postgres") } }),
  "source.try_postgres": async () => ({ by: await engineer(), input: { config: NOWHERE, secret } }),
  "source.try_aws": async () => {
    const config = { way: "live", region: "eu-central-1", endpoint: "http://127.0.0.1:1" };
    const key = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
    return { by: await engineer(), input: { config, secret: key } };
  },
  "source.pause": () => ofSource(),
  "source.resume": async () => {
    const id = await sourceId();
    await pauseSource(operatorCtx(), { sourceId: id });
    return { by: await engineer(), input: { sourceId: id } };
  },
  "source.retire": () => ofSource({ reason }),
  "source.set_schedule": () => ofSource({ schedule: "0 3 * * *" }),
  "source.sync": () => ofSource(),
  "sync_run.reject": async () => ({ by: await engineer(), input: { runId: await heldRun(), reason } }),
  "sync_run.request_override": async () => ({ by: await engineer(), input: { runId: await heldRun(), reason } }),
  "sync_run.confirm_override": async () => {
    const { requestId } = await requestGateOverride(make.ctxOf(await engineer()), { runId: await heldRun(), reason });
    return { by: await somebody("security_analyst"), input: { requestId } };
  },
  "identity.confirm_match": async () => ({ by: await engineer(), input: { matchId: (await proposal()).matchId } }),
  "identity.refuse_match": async () => ({ by: await engineer(), input: { matchId: (await proposal()).matchId } }),
  "identity.correct_match": async () => {
    const { identityId, personId } = await proposal();
    return { by: await engineer(), input: { identityId, personId, reason } };
  },
  "identity.undo_match": async () => ({ by: await engineer(), input: { identityId: await matched(), reason } }),
  "POST source.preview_file": async () => ({
    by: await engineer(),
    body: () => {
      const form = new FormData();
      form.set("sample", new Blob([CSV]));
      form.set("asked", JSON.stringify({ name: "people.csv" }));
      return { body: form, headers: { "content-length": "1000" } };
    },
  }),
  "POST source.upload_file": async () => ({
    by: await engineer(),
    params: { sourceId: await sourceId() },
    query: { name: "people.csv" },
    body: () => ({ body: CSV, headers: { "content-length": String(CSV.length) } }),
  }),
  "POST source.import_events": async () => {
    const log = JSON.stringify({ Records: [call(randomUUID(), "2026-11-20T08:00:00Z", "sam")] });
    return {
      by: await engineer(),
      params: { sourceId: await addMemorySource() },
      query: { name: "trail.json" },
      body: () => ({ body: log, headers: { "content-length": String(log.length) } }),
    };
  },
  "POST verbs.run": async () => ({
    by: await engineer(),
    params: { name: "source.add" },
    body: verbInput({ name: `Source ${randomUUID()}`, kind: "files" }),
  }),
};
