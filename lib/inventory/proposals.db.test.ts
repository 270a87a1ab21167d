import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { inventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { operatorCtx, someSignedIn } from "#lib/testing/users.ts";
import { confirmMatch, refuseMatch, undoMatch } from "./commands/match-person.ts";
import { countProposed, listMatching, type MatchingRow } from "./proposals.sql.ts";

ownTestDatabase();

const scope = inventoryScope(operatorCtx().actor);
const one = async <Row extends Record<string, unknown>>(sql: string, values: unknown[] = []) =>
  (await reader.rows<Row>(sql, values))[0] as Row;

/** 120 identities of 60 names, each proposed for two people; the second one fits less. */
beforeAll(async () => {
  const { id: source } = await one<{ id: string }>(
    "INSERT INTO sources (name, kind, config) VALUES ('Directory', 'files', '{}') RETURNING id",
  );
  const { id: run } = await one<{ id: string }>(
    "INSERT INTO sync_runs (source_id, trigger, state, finished_at) VALUES ($1::uuid, 'by_hand', 'APPLIED', now()) RETURNING id",
    [source],
  );
  const rows = (stream: string, more: string, values: string) =>
    reader.rows(
      `INSERT INTO ${stream} (source_id, external_id, name, status, first_run_id, changed_run_id, first_seen_at${more})
       SELECT $1::uuid, n::text, 'Name ' || (n % 60), 'active', $2::uuid, $2::uuid, now()${values} FROM generate_series(1, 120) n`,
      [source, run],
    );
  await rows("people", ", employment", ", 'employee'");
  await rows("identities", ", class, origin, environment, interactive", ", 'human', 'unknown', 'prod', 'yes'");
  await reader.rows(
    `INSERT INTO identity_person_matches (identity_id, person_id, method, state, score, why)
     SELECT i.id, p.id, 'name', 'proposed', CASE WHEN p.external_id = i.external_id THEN 75 ELSE 40 END, 'the same name'
     FROM identities i JOIN people p ON p.name = i.name`,
  );
});

async function all(view: "proposed" | "matched" | "nobody", search?: string): Promise<MatchingRow[]> {
  const found: MatchingRow[] = [];
  let after: string | undefined;
  do {
    const page = await listMatching(scope, { view, search, after });
    found.push(...page.rows);
    after = page.next ?? undefined;
  } while (after);
  return found;
}

describe("people matching", () => {
  it("lists every proposal once over the pages, the likelier person of an identity first", async () => {
    const rows = await all("proposed");
    expect(rows).toHaveLength(240);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(240);
    for (let at = 0; at < rows.length; at += 2) {
      expect(rows[at]?.identityId).toBe(rows[at + 1]?.identityId);
      expect([rows[at]?.score, rows[at + 1]?.score]).toEqual([75, 40]);
    }
    expect(await countProposed(scope)).toBe(120);
  });

  it("takes wildcards of a search for what they are", async () => {
    expect(await all("proposed", "%")).toEqual([]);
    expect((await all("proposed", "name 59")).map(({ identity }) => identity)).toEqual(Array(4).fill("Name 59"));
  });

  it("refuses a cursor of another list", async () => {
    const { next } = await listMatching(scope, { view: "proposed" });
    await expect(listMatching(scope, { view: "matched", after: next ?? "" })).rejects.toMatchObject({ code: "INVALID" });
  });

  it("moves an identity to the matched ones when somebody confirms, and back out when that is taken back", async () => {
    const { ctx } = await someSignedIn(["security_analyst"]);
    const [first, second] = await all("proposed");
    await confirmMatch(ctx, { matchId: first?.id ?? randomUUID() });
    expect(await countProposed(scope)).toBe(119);
    expect((await all("proposed")).map(({ id }) => id)).not.toContain(second?.id);
    expect(await all("matched")).toMatchObject([{ identityId: first?.identityId, person: first?.person, decidedBy: expect.any(String) }]);
    await undoMatch(ctx, { identityId: first?.identityId ?? "", reason: "Not theirs." });
    expect(await all("matched")).toEqual([]);
    expect(await all("nobody")).toMatchObject([{ id: first?.identityId, matchId: null, person: null, score: null }]);
  });

  it("keeps the other proposals of an identity when one is refused", async () => {
    const { ctx } = await someSignedIn(["security_analyst"]);
    const [first, second] = await all("proposed");
    await refuseMatch(ctx, { matchId: first?.id ?? randomUUID() });
    expect((await all("proposed"))[0]).toMatchObject({ id: second?.id });
  });
});
