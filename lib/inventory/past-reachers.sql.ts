import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { Step } from "./effective-access.sql.ts";
import { livedAt, recordsAt } from "./history.sql.ts";
import { byId, PAST_LIMIT, textOf } from "./past-access.sql.ts";

export type PastReacher = {
  identityId: string;
  identity: string;
  class: string;
  person: string | null;
  personId: string | null;
  depth: number;
  path: Step[];
};

/** Who reached any of some entitlements at an instant, each by a shortest way: the same walk against the arrows. */
export async function reachersAt(
  tx: Tx,
  entitlementIds: readonly string[],
  at: Date,
): Promise<{ reachers: PastReacher[]; isCut: boolean }> {
  const next = new Map<string, string | null>(entitlementIds.map((id) => [id, null]));
  const direct = new Map<string, { first: string; depth: number }>();
  let isCut = false;
  for (let targets = entitlementIds, depth = 0; targets.length > 0 && !isCut; depth += 1) {
    const edges = await holdersOf(tx, targets, at);
    const further: string[] = [];
    for (const { kind, holderId, entitlementId: held } of edges) {
      if (kind === "identity" && !direct.has(holderId)) direct.set(holderId, { first: held, depth });
      if (kind === "entitlement" && !next.has(holderId)) {
        next.set(holderId, held);
        further.push(holderId);
      }
    }
    isCut = edges.length > PAST_LIMIT || direct.size + next.size > PAST_LIMIT;
    targets = further;
  }
  const names = byId(await recordsAt(tx, "entitlements", [...next.keys()], at));
  const identities = byId(await recordsAt(tx, "identities", [...direct.keys()], at));
  const people = new Map(
    (
      await tx.rows<{ id: string; personId: string; person: string }>(
        `SELECT i.id, p.id AS "personId", p.name AS person FROM identities i JOIN people p ON p.id = i.person_id WHERE i.id = ANY ($1::uuid[])`,
        [[...direct.keys()]],
      )
    ).map((row) => [row.id, row]),
  );
  const reachers = [...direct].map(([identityId, { first, depth }]) => {
    const path: Step[] = [];
    for (let at: string | null = first; at !== null; at = next.get(at) ?? null)
      path.push({ entitlementId: at, name: textOf(names.get(at)?.name) ?? "unknown" });
    const record = identities.get(identityId) ?? {};
    const known = people.get(identityId);
    return {
      identityId,
      identity: textOf(record.name) ?? "unknown",
      class: textOf(record.class) ?? "unknown",
      personId: known?.personId ?? null,
      person: known?.person ?? null,
      depth,
      path,
    };
  });
  return {
    reachers: reachers.sort((one, other) => (`${one.identity}\n${one.identityId}` < `${other.identity}\n${other.identityId}` ? -1 : 1)),
    isCut,
  };
}

const holdersOf = (tx: Tx, targets: readonly string[], at: Date) =>
  tx.rows<{ kind: string; holderId: string; entitlementId: string }>(
    `SELECT DISTINCT ON (g.holder_kind, g.holder_id) g.holder_kind AS kind, g.holder_id AS "holderId", g.entitlement_id AS "entitlementId"
     FROM grants g JOIN sync_runs o ON o.id = g.opened_run_id
     WHERE g.entitlement_id = ANY ($1::uuid[]) AND ${livedAt("$2")}
     ORDER BY g.holder_kind, g.holder_id, g.entitlement_id LIMIT ${PAST_LIMIT + 1}`,
    [targets, at.toISOString()],
  );
