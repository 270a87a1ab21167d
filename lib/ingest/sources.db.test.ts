import { afterAll, describe, expect, it } from "vitest";
import type { Ctx } from "#lib/authz/ctx.ts";
import { sourceScope } from "#lib/authz/scope.ts";
import { openSecret, secretOf } from "#lib/connectors/secrets.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import { EXAMPLE } from "#lib/testing/ingest-example.ts";
import { confirmedCtx, operatorCtx, someSignedIn } from "#lib/testing/users.ts";
import { addSource } from "./commands/add-source.ts";
import { changeSource } from "./commands/change-source.ts";
import { setSchedule } from "./commands/set-schedule.ts";
import { pauseSource, resumeSource, retireSource } from "./commands/source-state.ts";
import { resumeAbandonedRuns, startDueSyncs } from "./commands/start-due-syncs.ts";
import { startSync } from "./commands/start-sync.ts";
import { testSource } from "./commands/test-source.ts";
import { getRun, getSource, listRejected, listRuns, listSources, runDifferences } from "./queries.ts";

ownTestDatabase();
afterAll(stopSender);

const scope = () => sourceScope(operatorCtx().actor);
const PASSWORD = "hunter2-and-more";
const settings = { host: "127.0.0.1", port: 1, user: "reader", tls: { mode: "disable" } };
const ctx = jobAt("2026-11-20T08:00:00.000Z");
let names = 0;
const name = () => {
  names += 1;
  return `source ${names}`;
};

async function everythingStored(): Promise<string> {
  const rows = await reader.rows<{ text: string }>(
    `SELECT string_agg(t, ' ') AS text FROM (SELECT sources::text AS t FROM sources UNION ALL SELECT body FROM audit_events UNION ALL SELECT value FROM audit_values UNION ALL SELECT data::text FROM jobs.job) a`,
  );
  return rows[0]?.text ?? "";
}

describe("a source", () => {
  it("shows a kept secret to nobody but whom it was entered for", async () => {
    const { sourceId } = await addSource(operatorCtx(), {
      name: name(),
      kind: "postgres",
      config: settings,
      secret: { password: PASSWORD },
    });
    const elsewhere = { ...settings, host: "db.example" };
    await expect(changeSource(operatorCtx(), { sourceId, config: elsewhere })).rejects.toMatchObject({ code: "INVALID" });
    expect((await getSource(scope(), sourceId)).config).toEqual(settings);
    await changeSource(operatorCtx(), { sourceId, config: elsewhere, secret: { password: "another" } });
    await changeSource(operatorCtx(), { sourceId, config: { ...elsewhere, environment: "prod" } });
    expect((await getSource(scope(), sourceId)).config).toEqual({ ...elsewhere, environment: "prod" });
  });

  it("keeps its secret encrypted and shows it nowhere", async () => {
    const { sourceId } = await addSource(operatorCtx(), {
      name: name(),
      kind: "postgres",
      config: settings,
      secret: { password: PASSWORD },
    });
    const view = await getSource(scope(), sourceId);
    expect(view.hasSecret).toBe(true);
    expect(JSON.stringify([view, await listSources(scope())])).not.toContain(PASSWORD);
    expect(await everythingStored()).not.toContain(PASSWORD);
    expect(await everythingStored()).not.toContain(Buffer.from(PASSWORD).toString("hex"));
    const [row] = await reader.rows<{ secret: Buffer }>("SELECT secret FROM sources WHERE id = $1::uuid", [sourceId]);
    expect(openSecret(secretOf(sourceId), row?.secret ?? Buffer.alloc(0))).toEqual({ password: PASSWORD });
    const test = await testSource(operatorCtx(), { sourceId });
    expect(test).toMatchObject({ ok: false, declared: null, problem: expect.any(String) });
    expect(JSON.stringify(test)).not.toContain(PASSWORD);
  });

  it("is refused with settings that its connector would not take, with a secret among them, or under a name that is taken", async () => {
    const given = { name: name(), kind: "postgres", config: settings, secret: { password: PASSWORD } };
    await expect(addSource(operatorCtx(), { ...given, config: { host: "x" } })).rejects.toMatchObject({
      code: "INVALID",
      fields: { "config.user": expect.any(String) },
    });
    await expect(addSource(operatorCtx(), { ...given, config: { ...settings, password: PASSWORD } })).rejects.toMatchObject({
      code: "INVALID",
    });
    await expect(addSource(operatorCtx(), { ...given, kind: "nothing" })).rejects.toMatchObject({ code: "INVALID" });
    await addSource(operatorCtx(), given);
    await expect(addSource(operatorCtx(), given)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("is changed field by field, its secret apart", async () => {
    const { sourceId } = await addSource(operatorCtx(), { name: name(), kind: "postgres", config: settings, secret: { password: "old" } });
    expect(await changeSource(operatorCtx(), { sourceId, dropThreshold: 5, secret: { password: PASSWORD } })).toEqual({
      fields: ["dropThreshold", "secret"],
    });
    expect(await getSource(scope(), sourceId)).toMatchObject({ dropThreshold: 5, config: settings });
    await expect(changeSource(operatorCtx(), { sourceId, config: { host: "" } })).rejects.toMatchObject({ code: "INVALID" });
    const [event] = await reader.rows<{ body: string }>(
      "SELECT body FROM audit_events WHERE type = 'source.changed' AND subject_id = $1::text",
      [sourceId],
    );
    expect(JSON.parse(event?.body ?? "{}").data.fields).toEqual(["dropThreshold", "secret"]);
  });

  it("is paused, resumed and retired; retiring ends no grant", async () => {
    const sourceId = await addMemorySource();
    await syncMemory(ctx, sourceId, EXAMPLE);
    await pauseSource(operatorCtx(), { sourceId });
    await expect(startSync(ctx, { sourceId })).rejects.toMatchObject({ code: "PRECONDITION" });
    await expect(pauseSource(operatorCtx(), { sourceId })).rejects.toMatchObject({ code: "CONFLICT" });
    await resumeSource(operatorCtx(), { sourceId });
    await retireSource(operatorCtx(), { sourceId, reason: "the system is gone" });
    await expect(startSync(ctx, { sourceId })).rejects.toMatchObject({ code: "PRECONDITION" });
    await expect(resumeSource(operatorCtx(), { sourceId })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(
      await reader.rows("SELECT count(*)::int AS live FROM grants WHERE source_id = $1::uuid AND ended_run_id IS NULL", [sourceId]),
    ).toEqual([{ live: 4 }]);
    expect((await getSource(scope(), sourceId)).health).toBe("retired");
  });

  it("is not for those without the right", async () => {
    const auditor = (await someSignedIn(["auditor"])).ctx;
    const sourceId = await addMemorySource();
    const calls: ((of: Ctx) => Promise<unknown>)[] = [
      (of) => addSource(of, { name: name(), kind: "files" }),
      (of) => changeSource(of, { sourceId, name: "x" }),
      (of) => startSync(of, { sourceId }),
      (of) => setSchedule(of, { sourceId, schedule: null }),
      (of) => retireSource(of, { sourceId, reason: "x" }),
      (of) => testSource(of, { sourceId }),
    ];
    for (const call of calls) await expect(call(auditor)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("a source's secret", () => {
  it("is entered only by who has just confirmed to be them; settings without one need no confirmation", async () => {
    const { ctx } = await someSignedIn(["platform_engineer"]);
    const secret = { password: PASSWORD };
    const given = { name: name(), kind: "postgres", config: settings };
    await expect(addSource(ctx, { ...given, secret })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
    const { sourceId } = await addSource(confirmedCtx(ctx), { ...given, secret });
    await expect(changeSource(ctx, { sourceId, secret: { password: "another" } })).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
    await expect(changeSource(ctx, { sourceId, dropThreshold: 5 })).resolves.toEqual({ fields: ["dropThreshold"] });
    await expect(changeSource(confirmedCtx(ctx), { sourceId, secret: { password: "another" } })).resolves.toEqual({ fields: ["secret"] });
  });
});

describe("a schedule", () => {
  it("starts its run when it is due, once, however many workers look", async () => {
    const sourceId = await addMemorySource();
    const { nextRunAt } = await setSchedule(
      { ...operatorCtx(), now: new Date("2026-11-20T08:00:00.000Z") },
      { sourceId, schedule: "0 3 * * *", scheduleZone: "Asia/Kathmandu" },
    );
    expect(nextRunAt).toBe("2026-11-20T21:15:00.000Z");
    expect(await startDueSyncs(jobAt("2026-11-20T21:14:59.000Z"))).toEqual({ started: 0 });
    const due = await Promise.all([1, 2, 3].map(() => startDueSyncs(jobAt("2026-11-20T21:15:00.000Z"))));
    expect(due.reduce((sum, { started }) => sum + started, 0)).toBe(1);
    expect((await getSource(scope(), sourceId)).nextRunAt).toBe("2026-11-21T21:15:00.000Z");
    // Still running when it is due again: that time is left out.
    expect(await startDueSyncs(jobAt("2026-11-22T00:00:00.000Z"))).toEqual({ started: 0 });
    expect((await listRuns(scope(), { sourceId })).rows.map(({ trigger }) => trigger)).toEqual(["schedule"]);
  });

  it("is refused when it never comes or comes all the time", async () => {
    const sourceId = await addMemorySource();
    await expect(setSchedule(operatorCtx(), { sourceId, schedule: "* * * * *" })).rejects.toMatchObject({ code: "INVALID" });
    await expect(setSchedule(operatorCtx(), { sourceId, schedule: "0 0 30 2 *" })).rejects.toMatchObject({ code: "INVALID" });
  });

  it("puts a run whose worker is silent back into the queue, at most once a minute", async () => {
    const sourceId = await addMemorySource();
    const { runId } = await startSync(ctx, { sourceId }, { isWorkedHere: true });
    const queued = () =>
      reader.rows("SELECT 1 FROM jobs.job WHERE name = 'source.sync' AND data ->> 'runId' = $1::text", [runId]).then((rows) => rows.length);
    await resumeAbandonedRuns(ctx);
    expect(await queued()).toBe(0);
    await reader.rows("UPDATE sync_runs SET heartbeat_at = now() - interval '2 minutes' WHERE id = $1::uuid", [runId]);
    await Promise.all([resumeAbandonedRuns(ctx), resumeAbandonedRuns(ctx)]);
    await resumeAbandonedRuns(ctx);
    expect(await queued()).toBe(1);
  });
});

describe("what is shown of runs", () => {
  it("tells health, counts, differences and refused records, page by page", async () => {
    const sourceId = await addMemorySource({ dropThreshold: 100 });
    const many = (count: number, reason: string) => ({
      ...EXAMPLE,
      identities: Array.from({ length: 120 }, (_, at) => ({ external_id: `i${at}`, name: `identity ${at}` })),
      grants: Array.from({ length: count }, (_, at) => ({ holder: `i${at}`, entitlement: "e1", reason: at < 3 ? reason : "same" })),
    });
    await syncMemory(ctx, sourceId, many(120, "one"), { pageSize: 50 });
    const { runId } = await syncMemory(
      jobAt("2026-11-21T08:00:00.000Z"),
      sourceId,
      { ...many(50, "two"), factors: Array.from({ length: 55 }, () => ({ external_id: "f", identity: "nobody" })) },
      { pageSize: 50 },
    );
    const list = async (kind: "added" | "changed" | "ended") => {
      const labels: string[] = [];
      for (let after: string | undefined; ; ) {
        const page: Awaited<ReturnType<typeof runDifferences>> = await runDifferences(scope(), { runId, stream: "grants", kind, after });
        labels.push(...page.rows.map(({ label }) => label));
        if (page.next === null) return { labels, last: page.rows };
        after = page.next;
      }
    };
    expect((await list("added")).labels).toEqual([]);
    expect(new Set((await list("ended")).labels).size).toBe(70);
    const { last } = await list("changed");
    expect(last).toHaveLength(3);
    expect(last[0]).toMatchObject({ before: { reason: "one" }, after: { reason: "two" } });
    const first = await listRejected(scope(), { runId });
    const second = await listRejected(scope(), { runId, after: first.next ?? "" });
    expect([first.rows.length, second.rows.length, second.next]).toEqual([50, 5, null]);
    await expect(listRejected(scope(), { runId, stream: "grants", after: first.next ?? "" })).rejects.toMatchObject({ code: "INVALID" });
    const run = await getRun(scope(), runId);
    expect(run).toMatchObject({ state: "APPLIED", changes: { grants: { added: 0, changed: 3, ended: 70, unchanged: 47 } } });
    const factors = run.streams.find(({ stream }) => stream === "factors");
    expect(factors).toMatchObject({ read: "55", kept: "0", rejected: "55" });
  });

  it("lists sources with their health", async () => {
    const sourceId = await addMemorySource();
    const health = async () => (await listSources(scope(), new Date("2026-11-20T08:00:00.000Z"))).find(({ id }) => id === sourceId);
    expect(await health()).toMatchObject({ health: "never_read", lastRun: null, counts: {} });
    await syncMemory(ctx, sourceId, EXAMPLE);
    expect(await health()).toMatchObject({ health: "healthy", lastRun: { state: "APPLIED" }, counts: { people: 2, grants: 4 } });
    await syncMemory(ctx, sourceId, { ...EXAMPLE, grants: [] });
    expect(await health()).toMatchObject({ health: "held", counts: { grants: 4 } });
  });

  it("shows a running run's pages and rows as they come", async () => {
    const sourceId = await addMemorySource();
    const seen: unknown[] = [];
    const onRead = async (stream: string, cursor: string | null) => {
      if (stream !== "grants" || cursor === null) return undefined;
      const [run] = (await listRuns(scope(), { sourceId })).rows;
      const view = await getRun(scope(), run?.id ?? "");
      const grants = view.streams.find((each) => each.stream === "grants");
      seen.push([view.state, grants?.pages, grants?.read, grants?.declared, view.heartbeatAt !== null]);
      return undefined;
    };
    await syncMemory(ctx, sourceId, EXAMPLE, { pageSize: 1, totals: { grants: 4 }, onRead });
    expect(seen).toEqual([1, 2, 3].map((pages) => ["RUNNING", pages, String(pages), "4", true]));
  });

  it("finds nothing under an id that is none", async () => {
    await expect(getSource(scope(), "x")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(getRun(scope(), "0192f3a1-0000-7abc-8def-000000000001")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("the owner's functions for staging", () => {
  const asked = (sql: string, values: unknown[] = []) => reader.rows(sql, values);
  it("refuse what no run asks for", async () => {
    const sourceId = await addMemorySource();
    const { runId } = await startSync(ctx, { sourceId }, { isWorkedHere: true });
    await expect(asked("SELECT open_staging($1::uuid, 'app_users', ARRAY['a'])", [runId])).rejects.toThrow("no stream");
    await expect(asked("SELECT open_staging($1::uuid, 'people', ARRAY['a text, b'])", [runId])).rejects.toThrow("bad columns");
    await expect(asked("SELECT open_staging($1::uuid, 'people', ARRAY[NULL]::text[])", [runId])).rejects.toThrow("bad columns");
    await expect(asked("SELECT open_staging($1::uuid, 'people', ARRAY['a'])", [sourceId])).rejects.toThrow("is not in");
    await expect(asked("SELECT hold_staging($1::uuid)", [runId])).rejects.toThrow("is not in");
    await expect(asked("SELECT drop_staging($1::uuid, false)", [runId])).rejects.toThrow("is not in");
    await expect(asked("SELECT open_grants_heap($1::uuid)", [runId])).rejects.toThrow("no such source");
    await expect(asked("CREATE TABLE staging.mine ()")).rejects.toThrow("permission denied");
    await expect(asked("TRUNCATE sync_pages")).rejects.toThrow("permission denied");
  });
  it("never drop or refill grants that are live", async () => {
    const sourceId = await addMemorySource();
    await syncMemory(ctx, sourceId, EXAMPLE);
    for (const call of ["drop_grants_heap", "open_grants_heap", "key_grants_heap"])
      await expect(asked(`SELECT ${call}($1::uuid)`, [sourceId])).rejects.toThrow("live");
    await expect(asked("DELETE FROM grants")).rejects.toThrow("permission denied");
    await expect(asked(`DELETE FROM grants_${sourceId.replaceAll("-", "")}`)).rejects.toThrow("permission denied");
    await expect(asked("DELETE FROM rejected_records")).rejects.toThrow("permission denied");
  });
});
