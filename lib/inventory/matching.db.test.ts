import { afterAll, describe, expect, it } from "vitest";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader } from "#lib/db/transact.ts";
import { proposePeople } from "#lib/ingest/commands/propose-people.ts";
import type { StreamRecord } from "#lib/inventory/streams.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { addMemorySource, jobAt, syncMemory } from "#lib/testing/ingest.ts";
import { someSignedIn } from "#lib/testing/users.ts";
import { confirmMatch, correctMatch, refuseMatch, undoMatch } from "./commands/match-person.ts";

ownTestDatabase();
afterAll(stopSender);

const ctx = jobAt("2026-11-20T08:00:00.000Z");
let worlds = 0;

/** People and identities whose ids, names and addresses nobody else has. */
async function world(people: StreamRecord[], identities: StreamRecord[]) {
  worlds += 1;
  const prefix = `w${worlds}`;
  const renamed = (name: string, value: string | null) => {
    if (value === null) return null;
    if (name === "name") return `${value} ${prefix}`;
    return ["external_id", "person", "mail", "login", "user_name"].includes(name) ? prefix + value : value;
  };
  const own = (records: StreamRecord[]) =>
    records.map((record) => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, renamed(name, value)])));
  const peopleSource = await addMemorySource();
  const source = await addMemorySource({ isPeopleSource: false, dropThreshold: 100 });
  const sync = {
    people: (records = people) => syncMemory(ctx, peopleSource, { people: own(records) }),
    identities: (records = identities) => syncMemory(ctx, source, { identities: own(records) }),
  };
  const state = async () => {
    const rows = await reader.rows<{
      id: string;
      identityId: string;
      identity: string;
      person: string;
      state: string;
      method: string;
      score: number;
    }>(
      `SELECT m.id, i.id AS "identityId", substr(i.external_id, $2::int) AS identity, substr(p.external_id, $2::int) AS person, m.state, m.method, m.score
       FROM identity_person_matches m JOIN identities i ON i.id = m.identity_id JOIN people p ON p.id = m.person_id WHERE i.source_id = $1::uuid ORDER BY m.id`,
      [source, prefix.length + 1],
    );
    const persons = await reader.rows<{ identity: string; person: string | null }>(
      `SELECT substr(i.external_id, $2::int) AS identity, substr(p.external_id, $2::int) AS person FROM identities i LEFT JOIN people p ON p.id = i.person_id
       WHERE i.source_id = $1::uuid ORDER BY 1`,
      [source, prefix.length + 1],
    );
    return { matches: rows, persons: Object.fromEntries(persons.map(({ identity, person }) => [identity, person])) };
  };
  const personId = async (id: string) =>
    (await reader.rows<{ id: string }>("SELECT id FROM people WHERE external_id = $1::text", [prefix + id]))[0]?.id ?? "";
  return { source, sync, state, personId };
}

const PEOPLE: StreamRecord[] = [
  { external_id: "p1", name: "Ada Price", mail: "ada@corp.example", user_name: "aprice" },
  { external_id: "p2", name: "Bo Lund", mail: "team@corp.example" },
  { external_id: "p3", name: "Cy Moe", mail: "team@corp.example" },
];

const analyst = async (): Promise<Ctx> => (await someSignedIn(["security_analyst"])).ctx;

describe("a match by itself", () => {
  it("is made by the id of the people source, then by a mail address that is one person's only", async () => {
    const { sync, state } = await world(PEOPLE, [
      { external_id: "by-id", name: "x", person: "p1", mail: "team@corp.example" },
      { external_id: "by-mail", name: "y", class: "human", mail: "ADA@corp.example" },
      { external_id: "shared-mail", name: "z", class: "human", mail: "team@corp.example" },
      { external_id: "service-mail", name: "s", class: "service", mail: "ada@corp.example" },
      { external_id: "unknown-id", name: "u", person: "p9" },
    ]);
    await sync.people();
    await sync.identities();
    expect((await state()).persons).toEqual({
      "by-id": "p1",
      "by-mail": "p1",
      "shared-mail": null,
      "service-mail": null,
      "unknown-id": null,
    });
  });

  it("comes when the people come after the identities", async () => {
    const { sync, state } = await world(PEOPLE, [{ external_id: "a", name: "x", person: "p1" }]);
    await sync.identities();
    expect((await state()).persons).toEqual({ a: null });
    await sync.people();
    expect((await state()).persons).toEqual({ a: "p1" });
  });

  it("survives a re-sync, also one that no longer tells what it rests on", async () => {
    const { sync, state } = await world(PEOPLE, [{ external_id: "a", name: "x", person: "p1" }]);
    await sync.people();
    await sync.identities();
    const before = (await state()).matches;
    await sync.identities();
    await sync.identities([{ external_id: "a", name: "renamed" }]);
    expect((await state()).matches).toEqual(before);
    expect((await state()).persons).toEqual({ a: "p1" });
  });

  it("gives way to another person that the source names later", async () => {
    const { sync, state } = await world(PEOPLE, [{ external_id: "a", name: "x", person: "p1" }]);
    await sync.people();
    await sync.identities();
    await sync.identities([{ external_id: "a", name: "x", person: "p2" }]);
    expect((await state()).persons).toEqual({ a: "p2" });
    expect((await state()).matches.map(({ person, state: each }) => `${person} ${each}`)).toEqual(["p1 undone", "p2 matched"]);
  });
});

describe("what somebody decided", () => {
  const NAMED: StreamRecord[] = [{ external_id: "a", name: "Price, Ada", class: "human", login: "aprice" }];

  async function proposed() {
    const made = await world(PEOPLE, NAMED);
    await made.sync.people();
    const { runId } = await made.sync.identities();
    expect(await proposePeople(ctx, { sourceId: made.source, runId })).toEqual({ proposed: 1 });
    const [match] = (await made.state()).matches;
    expect(match).toMatchObject({ person: "p1", state: "proposed", method: "name", score: 95 });
    expect((await made.state()).persons).toEqual({ a: null });
    expect(await proposePeople(ctx, { sourceId: made.source, runId })).toEqual({ proposed: 0 });
    return { ...made, match: { id: match?.id ?? "", identityId: match?.identityId ?? "" }, runId };
  }

  it("confirms a proposal, once", async () => {
    const { state, match, sync } = await proposed();
    const who = await analyst();
    const answers = await Promise.allSettled([confirmMatch(who, { matchId: match.id }), confirmMatch(who, { matchId: match.id })]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await sync.identities();
    expect((await state()).persons).toEqual({ a: "p1" });
    const events = await reader.rows("SELECT type FROM audit_events WHERE subject_id = $1::text", [match.identityId]);
    expect(events).toEqual([{ type: "identity.matched" }]);
  });

  it("refuses a proposal for good", async () => {
    const { state, match, source, runId } = await proposed();
    await refuseMatch(await analyst(), { matchId: match.id });
    expect(await proposePeople(ctx, { sourceId: source, runId })).toEqual({ proposed: 0 });
    expect((await state()).persons).toEqual({ a: null });
  });

  it("names another person by hand, and no sync undoes it", async () => {
    const { state, sync, personId } = await world(PEOPLE, [{ external_id: "a", name: "x", person: "p1" }]);
    await sync.people();
    await sync.identities();
    const [match] = (await state()).matches;
    await correctMatch(await analyst(), {
      identityId: match?.identityId ?? "",
      personId: await personId("p2"),
      reason: "they swapped desks",
    });
    await sync.identities([{ external_id: "a", name: "y", person: "p1" }]);
    await sync.identities([{ external_id: "a", name: "y", person: "p3" }]);
    expect((await state()).persons).toEqual({ a: "p2" });
  });

  it("takes a match back, and the same one is not made again, though another may be", async () => {
    const { state, sync } = await world(PEOPLE, [{ external_id: "a", name: "x", person: "p1" }]);
    await sync.people();
    await sync.identities();
    const [match] = (await state()).matches;
    await undoMatch(await analyst(), { identityId: match?.identityId ?? "", reason: "not theirs" });
    await sync.identities([{ external_id: "a", name: "y", person: "p1" }]);
    expect((await state()).persons).toEqual({ a: null });
    await sync.identities([{ external_id: "a", name: "y", person: "p2" }]);
    expect((await state()).persons).toEqual({ a: "p2" });
  });

  it("is not for those without the right, nor for jobs", async () => {
    const { match } = await proposed();
    await expect(confirmMatch((await someSignedIn(["reviewer"])).ctx, { matchId: match.id })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(confirmMatch(ctx, { matchId: match.id })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
