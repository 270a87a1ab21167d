import { describe, expect, it } from "vitest";
import { sessionScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import { assumeRole, call, callAs, consoleSignIn, logOf } from "#lib/testing/trail.ts";
import { operatorCtx, someSignedIn } from "#lib/testing/users.ts";
import { importAccessEvents } from "./commands/import-events.ts";
import { boardTotals, eventTallies, getSession, issueOf, laneSessions, listSessions, sessionEvents, sessionTallies } from "./queries.ts";
import { type BoardParams, boardParams } from "./search-params.ts";
import { sequenceOf } from "./sequence.ts";
import { spanOf } from "./series.ts";
import { credentialLifetimes, sourceTellings, tokenLives } from "./tellings.sql.ts";

ownTestDatabase();

const NOW = "2026-11-20T12:00:00.000Z";
const scope = () => sessionScope(operatorCtx().actor);
const board = (sourceId: string, params: Partial<BoardParams> = {}, now = NOW) =>
  listSessions(scope(), boardParams.parse({ sourceId, ...params }), now);
const names = async (...asked: Parameters<typeof board>) => (await board(...asked)).rows.map(({ identity }) => identity).sort();

const since = "2026-11-20T11:00:00Z";
/** A morning in a log: what is open at noon, and what no longer is. */
const MORNING = [
  consoleSignIn("e1", "2026-11-20T11:10:00Z", "mara", "Yes"),
  assumeRole("e2", since, "mara", "open", "Nov 20, 2026, 1:00:00 PM"),
  callAs("e3", "2026-11-20T11:05:00Z", { role: "open", session: "mara", since }, "AttachRolePolicy", "iam"),
  assumeRole("e4", "2026-11-20T09:00:00Z", "mara", "ended", "Nov 20, 2026, 10:00:00 AM"),
  call("e5", "2026-11-20T08:00:00Z", "quiet"),
  call("e6", "2026-11-20T11:30:00Z", "active"),
];

async function aMorning(): Promise<string> {
  const sourceId = await addMemorySource();
  await importAccessEvents(operatorCtx(), { sourceId, name: "morning.json" }, logOf(MORNING));
  return sourceId;
}

describe("the board", () => {
  it("shows as open what has an end ahead, or did something in the last hour where no end is told", async () => {
    const sourceId = await aMorning();
    expect(await names(sourceId)).toEqual(["active", "mara", "open"]);
    expect(await names(sourceId, { show: "day" })).toEqual(["active", "ended", "mara", "mara", "open", "quiet"]);
    expect(await names(sourceId, { show: "all" }, "2027-05-01T00:00:00.000Z")).toHaveLength(6);
    expect(await names(sourceId, {}, "2026-11-20T13:00:00.000Z")).toEqual([]);
  });

  it("shows what a sync reads live until a sync no longer sees it", async () => {
    const sourceId = await addMemorySource();
    const inventory = {
      identities: [{ external_id: "i1", name: "dba", class: "human", status: "active" }],
      sessions: [{ external_id: "1", identity: "i1", started: "2026-11-01T00:00:00Z", last_active: "unknown", privileged: "yes" }],
    };
    await syncMemory(jobAt("2026-11-20T09:00:00Z"), sourceId, inventory);
    expect((await board(sourceId)).rows).toMatchObject([{ identity: "dba", told: "read", mfa: "unknown", privileged: "yes", isNow: true }]);
    await syncMemory(jobAt("2026-11-20T10:00:00Z"), sourceId, { ...inventory, sessions: [] });
    expect(await names(sourceId)).toEqual([]);
    expect(await names(sourceId, { show: "all" })).toEqual(["dba"]);
  });

  it.each<[string, Partial<BoardParams>, string[]]>([
    ["privilege", { privileged: "yes" }, ["open"]],
    ["an unknown privilege", { privileged: "unknown", show: "day" }, ["active", "ended", "mara", "mara", "quiet"]],
    ["a factor", { mfa: "yes" }, ["mara"]],
    ["elevation", { elevated: "yes", show: "day" }, ["ended", "open"]],
    ["words of the name", { q: "OPE" }, ["open"]],
    ["an address", { q: "192.0.2" }, ["active", "mara", "open"]],
    ["a pattern, which is taken as it is written", { q: "%" }, []],
    ["who tells", { told: "read" }, []],
  ])("filters by %s, rows and count alike", async (_name, params, expected) => {
    const sourceId = await aMorning();
    expect(await names(sourceId, params)).toEqual(expected);
    expect((await board(sourceId, params)).total).toBe(expected.length);
  });

  it("counts in its tiles and charts what the events are", async () => {
    const before = await boardTotals(scope(), NOW, NOW);
    const sourceId = await aMorning();
    const after = await boardTotals(scope(), NOW, NOW);
    const grown = Object.fromEntries(
      (["open", "privileged", "privilegedWithoutMfa", "elevations", "elevationsWithoutMfa", "known"] as const).map((name) => [
        name,
        after[name] - before[name],
      ]),
    );
    expect(grown).toEqual({ open: 3, privileged: 1, privilegedWithoutMfa: 1, elevations: 3, elevationsWithoutMfa: 3, known: 6 });

    const [source] = await reader.rows<{ name: string }>("SELECT name FROM sources WHERE id = $1::uuid", [sourceId]);
    for (const range of ["day", "week", "month"] as const) {
      const span = spanOf(range, Date.parse(NOW));
      const { elevations, factors } = await eventTallies(scope(), span, "source");
      const begun = await sessionTallies(scope(), span, "source");
      const sum = (tallies: { name: string; count: number }[], name = source?.name) =>
        tallies.filter((tally) => tally.name === name).reduce((all, { count }) => all + count, 0);
      expect([sum(elevations), sum(begun)]).toEqual([3, 6]);
      expect(sum(factors, "yes")).toBeGreaterThan(0);
    }
  });

  it("says of each source whether its sessions are read, derived or not told, and since when", async () => {
    const [derived, silent, read] = [await aMorning(), await addMemorySource(), await addMemorySource()];
    await syncMemory(
      jobAt("2026-11-20T09:00:00Z"),
      read,
      { identities: [{ external_id: "i1", name: "i1", class: "human", status: "active" }], sessions: [] },
      { observedAt: "2026-11-20T09:00:00.000Z" },
    );
    const tellings = new Map((await sourceTellings()).map((row) => [row.sourceId, row]));
    expect(tellings.get(derived)).toMatchObject({
      told: "derived",
      derivedSince: "2026-11-20T08:00:00.000Z",
      derivedUntil: "2026-11-20T11:30:00.000Z",
      events: 6,
      unmatched: 6,
    });
    expect(tellings.get(silent)).toMatchObject({ told: "not told", readSince: null, derivedSince: null });
    expect(tellings.get(read)).toMatchObject({ told: "read", readSince: "2026-11-20T09:00:00.000Z" });
  });

  it("tells how old keys are against their end, and for how long tokens were given", async () => {
    const sourceId = await aMorning();
    const key = (external_id: string, created: string, expires: string) => ({
      external_id,
      identity: "i1",
      kind: "key",
      created,
      expires,
      last_used: "unknown",
    });
    await syncMemory(jobAt("2026-11-20T09:00:00Z"), sourceId, {
      identities: [{ external_id: "i1", name: "i1", class: "service", status: "active" }],
      credentials: [
        key("a", "2026-11-10T00:00:00Z", "never"),
        key("b", "2024-01-01T00:00:00Z", "never"),
        key("c", "unknown", "unknown"),
        key("d", "2026-11-10T00:00:00Z", "2026-12-10T00:00:00Z"),
      ],
    });
    const rows = Object.fromEntries((await credentialLifetimes(NOW)).map(({ age, ...counts }) => [age, counts]));
    expect(rows).toMatchObject({
      "under 30 days": { bounded: 1, endless: 1, unknown: 0 },
      "over a year": { bounded: 0, endless: 1, unknown: 0 },
      "unknown age": { bounded: 0, endless: 0, unknown: 1 },
    });
    expect((await tokenLives()).every(({ shortestMs, longestMs }) => shortestMs === 3_600_000 && longestMs === 7_200_000)).toBe(true);
  });
});

it("a session's page has its story: from whom it was elevated, by which event, and what was done", async () => {
  const sourceId = await aMorning();
  const [row] = (await board(sourceId, { q: "open" })).rows;
  const session = await getSession(scope(), row?.id ?? "", NOW);
  if (!session) throw new Error("the session is not there");
  expect(session).toMatchObject({
    identity: "open",
    elevatedFrom: "mara",
    showsPrivilege: true,
    isNow: true,
    events: 1,
    expiresAt: "2026-11-20T13:00:00.000Z",
  });
  const parent = await getSession(scope(), session.elevatedFromId ?? "", NOW);
  expect(parent).toMatchObject({ identity: "mara", authenticatedBy: "access key" });
  expect(await issueOf(scope(), session, parent?.externalId ?? null)).toEqual({
    at: "2026-11-20T11:00:00.000Z",
    action: "sts:AssumeRole",
    mfa: "no",
    address: "192.0.2.7",
  });
  expect(sequenceOf(await sessionEvents(scope(), session))).toMatchObject([{ kind: "event", event: { action: "iam:AttachRolePolicy" } }]);
  const steps = sequenceOf(await sessionEvents(scope(), parent ?? session));
  expect(steps.map((step) => (step.kind === "event" ? step.event.issuedSessionId !== null : null))).toEqual([true, true]);
  expect((await laneSessions(scope(), NOW, NOW)).filter(({ source }) => source === session.source).length).toBeGreaterThan(4);
});

it("nobody without a role for it gets a scope to read sessions by", async () => {
  const { ctx } = await someSignedIn(["reviewer"]);
  expect(() => sessionScope(ctx.actor)).toThrow(/session.read/);
});
