import { createReadStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { inventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { listInventoryAt } from "#lib/inventory/queries.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import { assumeRole, call, callAs, consoleSignIn, logOf, packedLogOf, roleArn, userArn } from "#lib/testing/trail.ts";
import { operatorCtx, someSignedIn } from "#lib/testing/users.ts";
import { importAccessEvents } from "./commands/import-events.ts";
import { matchSessionsAgain } from "./commands/match-sessions.ts";
import { ensureMonthsAhead } from "./partitions.sql.ts";
import { foldDeltas, HOURS } from "./rollup.sql.ts";
import { hasSampleLogs, trailFiles } from "./sample-logs.ts";

const database = ownTestDatabase();

const intake = (sourceId: string, bytes: Readable, name = "trail.json") => importAccessEvents(operatorCtx(), { sourceId, name }, bytes);

/** All that an import may change, but for the record of the import itself. */
async function state(sourceId: string) {
  const [row] = await reader.rows<{ events: unknown; sessions: unknown; hours: unknown }>(
    `SELECT (SELECT jsonb_agg(to_jsonb(e) ORDER BY event_id) FROM access_events e WHERE source_id = $1::uuid) AS events,
       (SELECT jsonb_agg(to_jsonb(s) ORDER BY external_id) FROM sessions s WHERE source_id = $1::uuid) AS sessions,
       (SELECT jsonb_agg(to_jsonb(h) ORDER BY to_jsonb(h)::text) FROM (SELECT hour, kind, outcome, identity_class, privileged, mfa, sum(events) AS events
          FROM ${HOURS} h WHERE source_id = $1::uuid GROUP BY 1, 2, 3, 4, 5, 6) h) AS hours`,
    [sourceId],
  );
  return row;
}

/** The roll-up and a GROUP BY of the events, read in one statement. */
async function bothCounts(sourceId: string) {
  const [row] = await reader.rows<{ rolled: unknown; grouped: unknown }>(
    `SELECT (SELECT jsonb_agg(r ORDER BY r::text) FROM (SELECT hour, kind, outcome, identity_class, privileged, mfa, sum(events)::int AS events FROM ${HOURS} h
         WHERE source_id = $1::uuid GROUP BY 1, 2, 3, 4, 5, 6) r) AS rolled,
       (SELECT jsonb_agg(g ORDER BY g::text) FROM (SELECT date_trunc('hour', occurred_at, 'UTC')::timestamptz(3) AS hour, kind, outcome, identity_class, privileged, mfa,
         count(*)::int AS events FROM access_events WHERE source_id = $1::uuid GROUP BY 1, 2, 3, 4, 5, 6) g) AS grouped`,
    [sourceId],
  );
  return row;
}

const sessionsOf = (sourceId: string) =>
  reader.rows<Record<string, unknown>>(
    `SELECT external_id, identity, identity_id IS NOT NULL AS matched, started_at, expires_at, authenticated_by, elevated_by, elevated_from, mfa, privileged, events
     FROM sessions WHERE source_id = $1::uuid ORDER BY started_at, external_id`,
    [sourceId],
  );

describe("a log", () => {
  it("is kept once: every record is kept, a duplicate or rejected, and the numbers are written down and audited", async () => {
    const sourceId = await addMemorySource();
    const twice = call("e1", "2026-10-05T09:00:00Z", "mara");
    const records = [twice, twice, call("e2", "2026-11-05T09:10:00Z", "mara", "CreateUser", "iam"), { eventID: "e3" }, 7];
    await expect(intake(sourceId, logOf(records))).rejects.toThrow(/record has to be an object/);
    const outcome = await intake(sourceId, logOf(records.slice(0, 4)));
    expect(outcome).toMatchObject({ read: 4, kept: 2, duplicate: 1, rejected: 1, unmatched: 2 });
    const [batch] = await reader.rows(
      "SELECT read, kept, duplicate, rejected, unmatched, sha256, digest FROM access_event_batches WHERE source_id = $1::uuid",
      [sourceId],
    );
    expect(batch).toEqual({
      read: "4",
      kept: "2",
      duplicate: "1",
      rejected: "1",
      unmatched: "2",
      sha256: outcome.sha256,
      digest: outcome.digest,
    });
    expect(
      await reader.rows("SELECT position, place, reason, raw FROM access_event_rejects WHERE batch_id = $1::uuid", [outcome.batchId]),
    ).toEqual([
      { position: "4", place: expect.stringMatching(/^line 1, column [\d,]+$/), reason: "eventTime is missing", raw: '{"eventID":"e3"}' },
    ]);
    const [event] = await reader.rows<{ body: string }>("SELECT body FROM audit_events WHERE body::jsonb->'data'->>'batchId' = $1::text", [
      outcome.batchId,
    ]);
    expect(JSON.parse(event?.body ?? "{}")).toMatchObject({
      type: "access_events.imported",
      subject: { kind: "source", id: sourceId },
      data: { read: 4, kept: 2, duplicate: 1, rejected: 1, unmatched: 2, sha256: outcome.sha256, digest: outcome.digest },
    });
  });

  it("a second time changes nothing, packed or not, in parts or whole", async () => {
    const sourceId = await addMemorySource();
    const records = [
      consoleSignIn("s1", "2026-11-20T08:00:00Z", "mara"),
      assumeRole("s2", "2026-11-20T08:10:00Z", "mara", "deploy", "Nov 20, 2026, 9:10:00 AM"),
      callAs("s3", "2026-11-20T08:20:00Z", { role: "deploy", session: "mara", since: "2026-11-20T08:10:00Z" }, "AttachRolePolicy", "iam"),
    ];
    await intake(sourceId, logOf(records));
    const before = await state(sourceId);
    for (const again of [logOf(records), packedLogOf(records), logOf(records.slice(1))]) {
      expect(await intake(sourceId, again)).toMatchObject({ kept: 0, sessions: 0, unmatched: 0 });
      expect(await state(sourceId)).toEqual(before);
    }
  });

  it("that is broken changes nothing at all", async () => {
    const sourceId = await addMemorySource();
    const cut = JSON.stringify({ Records: [call("e1", "2026-11-20T08:00:00Z", "mara")] }).slice(0, -3);
    await expect(intake(sourceId, Readable.from([Buffer.from(cut)]))).rejects.toThrow(/cut short/);
    expect(await state(sourceId)).toEqual({ events: null, sessions: null, hours: null });
    expect(await reader.rows("SELECT 1 FROM access_event_batches WHERE source_id = $1::uuid", [sourceId])).toEqual([]);
  });

  it("holds hostile text without harm", async () => {
    const sourceId = await addMemorySource();
    const hostile = "a\u0000b\ud800\t\\N\n'; DROP TABLE access_events; --<script>";
    const outcome = await intake(
      sourceId,
      logOf([{ ...call("e1", "2026-11-20T08:00:00Z", "mara"), userAgent: hostile, eventName: hostile }]),
    );
    expect(outcome).toMatchObject({ kept: 1 });
    const [row] = await reader.rows("SELECT client FROM access_events WHERE source_id = $1::uuid", [sourceId]);
    expect(row?.client).toBe(hostile.replace("\u0000", "\ufffd").replace("\ud800", "\ufffd"));
  });

  it("is refused to whoever may not import, and for a source that is gone", async () => {
    const sourceId = await addMemorySource();
    const { ctx } = await someSignedIn(["security_analyst"]);
    await expect(importAccessEvents(ctx, { sourceId, name: "a" }, logOf([]))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(intake("00000000-0000-7000-8000-000000000000", logOf([]))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await reader.rows("UPDATE sources SET state = 'retired' WHERE id = $1::uuid", [sourceId]);
    await expect(intake(sourceId, logOf([]))).rejects.toMatchObject({ code: "PRECONDITION" });
  });

  it("imported twice at the same moment is kept once", async () => {
    const sourceId = await addMemorySource();
    const records = Array.from({ length: 50 }, (_, at) => call(`e${at}`, "2026-11-20T08:00:00Z", `user${at % 7}`));
    const outcomes = await Promise.all([1, 2, 3].map(() => intake(sourceId, logOf(records))));
    expect(outcomes.map(({ kept }) => kept).sort((a, b) => a - b)).toEqual([0, 0, 50]);
    const [row] = await reader.rows(
      "SELECT sum(events)::int AS events, count(*)::int AS sessions FROM sessions WHERE source_id = $1::uuid",
      [sourceId],
    );
    expect(row).toEqual({ events: 50, sessions: 7 });
  });
});

describe("sessions that events tell of", () => {
  it("join the sign-in, the role that it assumed and what was done with it, whatever comes first", async () => {
    const records = [
      consoleSignIn("s1", "2026-11-20T08:00:00Z", "mara", "Yes"),
      assumeRole("s2", "2026-11-20T08:10:00Z", "mara", "deploy", "Nov 20, 2026, 9:10:00 AM"),
      callAs("s3", "2026-11-20T08:20:00Z", { role: "deploy", session: "mara", since: "2026-11-20T08:10:00Z" }, "AttachRolePolicy", "iam"),
      callAs("s4", "2026-11-20T08:25:00Z", { role: "deploy", session: "mara", since: "2026-11-20T08:10:00Z" }),
    ];
    const expected = [
      {
        identity: userArn("mara"),
        started_at: new Date("2026-11-20T08:00:00Z"),
        authenticated_by: "console sign-in",
        mfa: "yes",
        privileged: "unknown",
        events: "1",
      },
      { identity: userArn("mara"), authenticated_by: "access key", mfa: "no", privileged: "unknown", events: "1" },
      {
        identity: roleArn("deploy"),
        started_at: new Date("2026-11-20T08:10:00Z"),
        expires_at: new Date("2026-11-20T09:10:00Z"),
        elevated_by: "mara",
        elevated_from: "AKIAMARA@2026-11-20",
        mfa: "no",
        privileged: "yes",
        events: "2",
      },
    ];
    for (const order of [records, [...records].reverse()]) {
      const sourceId = await addMemorySource();
      for (const record of order) await intake(sourceId, logOf([record]));
      const sessions = await sessionsOf(sourceId);
      expect(sessions).toHaveLength(3);
      for (const each of expected) expect(sessions).toContainEqual(expect.objectContaining({ ...each, matched: false }));
    }
  });

  it("find the source's identities by ARN or by a name that only one has, when the log comes and after a later sync", async () => {
    const sourceId = await addMemorySource();
    const records = ["mara", "twin", "late"].map((name, at) => call(`e${at}`, "2026-11-20T08:00:00Z", name));
    const identity = (external_id: string, name: string) => ({ external_id, name, class: "human", status: "active" });
    const known = [identity(userArn("mara"), "Mara Lindt"), identity("1", "twin"), identity("2", "twin")];
    await syncMemory(jobAt("2026-11-19T00:00:00Z"), sourceId, { identities: known });
    expect(await intake(sourceId, logOf(records))).toMatchObject({ kept: 3, unmatched: 2 });
    const matched = async () => (await sessionsOf(sourceId)).filter(({ matched: is }) => is).map(({ identity: arn }) => arn);
    expect(await matched()).toEqual([userArn("mara")]);

    const admin = { external_id: "admin", name: "Administrator", privileged: "yes" };
    const outcome = await syncMemory(jobAt("2026-11-21T00:00:00Z"), sourceId, {
      identities: [...known, identity("3", "late")],
      entitlements: [admin],
      grants: [{ holder_kind: "identity", holder: "3", entitlement: "admin" }],
    });
    expect(outcome.state).toBe("APPLIED");
    const runId = "00000000-0000-7000-8000-000000000001";
    expect(await matchSessionsAgain(jobAt("2026-11-21T00:01:00Z"), { sourceId, runId })).toBe(1);
    expect(await matchSessionsAgain(jobAt("2026-11-21T00:02:00Z"), { sourceId, runId })).toBe(0);
    expect((await sessionsOf(sourceId)).filter(({ privileged }) => privileged === "yes").map(({ identity: arn }) => arn)).toEqual([
      userArn("late"),
    ]);
    expect(
      await reader.rows(
        "SELECT 1 FROM audit_events WHERE body::jsonb->>'type' = 'sessions.matched' AND body::jsonb->'subject'->>'id' = $1::text",
        [sourceId],
      ),
    ).toHaveLength(1);
  });

  it("outlive a sync that reads live sessions of the same source, and are none of its numbers", async () => {
    const sourceId = await addMemorySource();
    await intake(sourceId, logOf([call("e1", "2026-11-20T08:00:00Z", "mara")]));
    const inventory = {
      identities: [{ external_id: "i1", name: "one", class: "human", status: "active" }],
      sessions: [{ external_id: "live", identity: "i1", started: "2026-11-20T08:00:00Z", last_active: "unknown", privileged: "no" }],
    };
    expect((await syncMemory(jobAt("2026-11-20T09:00:00Z"), sourceId, inventory)).state).toBe("APPLIED");
    const past = { sourceId, stream: "sessions", at: new Date("2026-11-20T09:30:00Z") } as const;
    const { rows } = await listInventoryAt(inventoryScope(operatorCtx().actor), past);
    expect(rows.map(({ record }) => record.external_id)).toEqual(["live"]);
    expect((await syncMemory(jobAt("2026-11-20T10:00:00Z"), sourceId, { ...inventory, sessions: [] })).state).toBe("APPLIED");
    expect(
      await reader.rows("SELECT external_id, told, gone_at IS NULL AS live FROM sessions WHERE source_id = $1::uuid ORDER BY 1", [
        sourceId,
      ]),
    ).toEqual([
      { external_id: "AKIAMARA@2026-11-20", told: "derived", live: true },
      { external_id: "live", told: "read", live: false },
    ]);
  });
});

describe("the roll-up", () => {
  it("with what is not folded yet equals a GROUP BY at the same snapshot, before, between and after folds", async () => {
    const sourceId = await addMemorySource();
    for (let batch = 0; batch < 4; batch += 1) {
      const records = Array.from({ length: 40 }, (_, at) =>
        call(
          `b${batch}-${at}`,
          `2026-11-2${batch}T${String(at % 24).padStart(2, "0")}:30:00Z`,
          `user${at % 5}`,
          at % 3 ? "DescribeInstances" : "CreateUser",
          "iam",
        ),
      );
      await intake(sourceId, logOf(records));
      const both = await bothCounts(sourceId);
      expect(both?.rolled).toEqual(both?.grouped);
      if (batch % 2 === 1) await Promise.all([foldDeltas(reader), foldDeltas(reader)]);
      const folded = await bothCounts(sourceId);
      expect(folded?.rolled).toEqual(both?.grouped);
    }
    expect(await reader.rows("SELECT 1 FROM access_event_deltas")).toEqual([]);
  });
});

describe("events", () => {
  const partitionsOf = (sourceId: string) =>
    reader.rows<{ part: string; events: number }>(
      "SELECT tableoid::regclass::text AS part, count(*)::int AS events FROM access_events WHERE source_id = $1::uuid GROUP BY 1 ORDER BY 1",
      [sourceId],
    );

  it("lie in the partition of their month, made before them, and in the default one where no month can be", async () => {
    const sourceId = await addMemorySource();
    await ensureMonthsAhead(new Date());
    const now = new Date();
    const ahead = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2, 15)).toISOString();
    await intake(
      sourceId,
      logOf([
        call("a", "2026-03-31T23:59:59Z", "m"),
        call("b", "2026-04-01T00:00:00Z", "m"),
        call("c", "1999-01-01T00:00:00Z", "m"),
        call("d", ahead, "m"),
      ]),
    );
    expect(await partitionsOf(sourceId)).toEqual([
      { part: "access_events_2026_03", events: 1 },
      { part: "access_events_2026_04", events: 1 },
      { part: `access_events_${ahead.slice(0, 7).replace("-", "_")}`, events: 1 },
      { part: "access_events_default", events: 1 },
    ]);
  });

  it("stay where they are when their month's partition would come too late", async () => {
    const sourceId = await addMemorySource();
    const admin = new pg.Client({ connectionString: database.admin });
    await admin.connect();
    await admin.query(
      `INSERT INTO access_events (source_id, event_id, occurred_at, batch_id, kind, action, outcome, privileged, mfa, identity_class)
       VALUES ($1, 'early', '2024-02-10T00:00:00Z', $1, 'other', 'a', 'success', 'unknown', 'unknown', 'unknown')`,
      [sourceId],
    );
    await admin.end();
    await intake(sourceId, logOf([call("later", "2024-02-11T00:00:00Z", "m")]));
    expect(await partitionsOf(sourceId)).toEqual([{ part: "access_events_default", events: 2 }]);
  });

  it.each<[string, "app" | "owner" | "admin", string]>([
    ["the app's UPDATE", "app", "UPDATE access_events SET kind = 'other'"],
    ["the app's DELETE", "app", "DELETE FROM access_events"],
    ["the app's TRUNCATE", "app", "TRUNCATE access_events"],
    ["the app's hand on a partition", "app", "DELETE FROM access_events_2026_11"],
    ["the owner's UPDATE", "owner", "UPDATE access_events SET kind = 'other'"],
    ["the owner's DELETE in a partition", "owner", "DELETE FROM access_events_2026_11"],
    ["the owner's TRUNCATE of a partition", "owner", "TRUNCATE access_events_2026_11"],
    ["the owner's TRUNCATE of the default partition", "owner", "TRUNCATE access_events_default"],
    ["the superuser who plays a replica", "admin", "SET session_replication_role = replica; DELETE FROM access_events_2026_11"],
    ["a batch's numbers rewritten", "owner", "UPDATE access_event_batches SET kept = 0"],
    ["a rejected record forgotten", "owner", "DELETE FROM access_event_rejects"],
  ])("refuse %s", async (_name, role, sql) => {
    const sourceId = await addMemorySource();
    await intake(sourceId, logOf([call("x", "2026-11-10T00:00:00Z", "m"), { eventID: "none" }]));
    const client = new pg.Client({ connectionString: database[role] });
    await client.connect();
    await expect(client.query(sql)).rejects.toThrow();
    await client.end();
    expect(await partitionsOf(sourceId)).toEqual([{ part: "access_events_2026_11", events: 1 }]);
  });

  it("of a batch are counted so that the numbers add up, or the batch is refused", async () => {
    const sourceId = await addMemorySource();
    await expect(
      reader.rows(
        `INSERT INTO access_event_batches (source_id, file, format, sha256, bytes, digest, read, kept, duplicate, rejected, unmatched, imported_at)
         VALUES ($1::uuid, 'f', 'cloudtrail', 'x', 1, 'x', 10, 5, 3, 1, 0, now())`,
        [sourceId],
      ),
    ).rejects.toThrow(/access_event_batches_read_check/);
  });
});

it.skipIf(!hasSampleLogs)(
  "keeps a real attack day whole, once, and every number of it adds up (skipped where ../shared/data is absent)",
  async () => {
    const sourceId = await addMemorySource();
    const files = trailFiles();
    const importAll = async () => {
      const outcomes = [];
      for (const file of files) outcomes.push(await intake(sourceId, createReadStream(file), path.basename(file)));
      return outcomes;
    };
    const first = await importAll();
    for (const { read, kept, duplicate, rejected } of first) expect(kept + duplicate + rejected).toBe(read);
    expect(first.reduce((sum, { kept }) => sum + kept, 0)).toBe(2093);
    const before = await state(sourceId);
    expect((await importAll()).every(({ kept, rejected, duplicate, read }) => kept === 0 && rejected === 0 && duplicate === read)).toBe(
      true,
    );
    expect(await state(sourceId)).toEqual(before);
    const both = await bothCounts(sourceId);
    expect(both?.rolled).toEqual(both?.grouped);
    const sessions = await sessionsOf(sourceId);
    const chained = sessions.filter(({ elevated_from }) => elevated_from !== null);
    expect(chained.length).toBeGreaterThan(4);
    expect(chained.filter(({ elevated_from }) => sessions.some(({ external_id }) => external_id === elevated_from)).length).toBe(
      chained.length,
    );
    expect(sessions.some(({ mfa }) => mfa === "yes")).toBe(true);
  },
  120_000,
);
