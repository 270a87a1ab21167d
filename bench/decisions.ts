import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type pg from "pg";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { decideItems } from "#lib/campaigns/commands/decide-many.ts";
import { CROWD } from "./data.ts";
import type { Bench, Workload } from "./harness.ts";
import { launched, personId, user } from "./review.ts";
import { settle } from "./source.ts";

const RATIONALE = "Needed for the work of this team";

/** The rows that a bulk decision writes, and one audit event, by somebody who trusts the caller. */
async function rawDecideMany(client: pg.Client, campaignId: string, ids: readonly string[], answer: string): Promise<void> {
  await client.query("BEGIN");
  await client.query(
    `WITH given AS MATERIALIZED (SELECT id, uuid7() AS decision_id FROM unnest($2::uuid[]) AS id),
     written AS (UPDATE items i SET state = 'DRAFTED', answer = $3, version = i.version + 1, decision_id = g.decision_id FROM given g
       WHERE i.campaign_id = $1 AND i.id = g.id RETURNING i.id, i.version, i.reviewer_id, g.decision_id)
     INSERT INTO decisions (id, campaign_id, item_id, reviewer_id, user_id, answer, rationale, item_version, decided_at, batch_size, authenticated_by)
     SELECT decision_id, $1, id, reviewer_id, reviewer_id, $3, $4, version - 1, now(), cardinality($2::uuid[]), 'password' FROM written`,
    [campaignId, ids, answer, RATIONALE],
  );
  const body = { type: "campaign_items.decided", subject: { kind: "campaign", id: campaignId }, data: { answer, items: ids.length } };
  await client.query("INSERT INTO audit_events (body) VALUES ($1)", [JSON.stringify(body)]);
  await client.query("COMMIT");
}

export const decideMany: Workload = {
  id: "W5",
  what: `deciding ${CROWD} items at once, atomic, audited`,
  baseline: "the raw SQL that writes the same rows and one audit row",
  target: { kind: "at most", ratio: 1.3 },
  prepare: async (bench) => {
    const campaignId = await launched(bench, "crowd");
    const head = await user("Head of the organisation", "reviewer", await personId(bench.admin, "p0000000"));
    const { rows } = await bench.admin.query<{ id: string }>(
      `SELECT id FROM items WHERE campaign_id = $1 AND reviewer_id = $2 AND entitlement_external_id = 'app-000:role-00000'
       ORDER BY identity_external_id DESC LIMIT ${CROWD}`,
      [campaignId, head.actor.kind === "user" ? head.actor.personId : null],
    );
    if (rows.length !== CROWD) throw new Error(`${rows.length} items to decide.`);
    const ids = rows.map(({ id }) => id);
    // Both sides answer the same items in turn, so the version that the next answer speaks of is the same for all.
    let version = 0;
    const answer = () => (version % 2 === 0 ? "keep" : "abstain") as "keep" | "abstain";
    return {
      ours: async () => {
        const items = ids.map((itemId) => ({ itemId, version }));
        await decideItems({ ...head, now: new Date() }, { campaignId, items, answer: answer(), rationale: RATIONALE });
        return undefined;
      },
      baseline: async () => void (await rawDecideMany(bench.admin, campaignId, ids, answer())),
      after: async () => {
        version += 1;
        await settle(bench.admin);
      },
    };
  },
};

const CLIENTS = 16;
const DECISIONS_EACH = 500;

type Reviewing = { ctx: Awaited<ReturnType<typeof user>>; items: { id: string; version: number }[] };

/** The reviewers with the most to do, each with their items. */
async function reviewersOf(bench: Bench, campaignId: string): Promise<Reviewing[]> {
  const { rows } = await bench.admin.query<{ reviewer: string; ids: string[] }>(
    `SELECT reviewer_id AS reviewer, array_agg(id) AS ids FROM items WHERE campaign_id = $1 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${CLIENTS}`,
    [campaignId],
  );
  const all: Reviewing[] = [];
  for (const { reviewer, ids } of rows)
    all.push({ ctx: await user("Reviewer", "reviewer", reviewer), items: ids.map((id) => ({ id, version: 0 })) });
  return all;
}

/** One answer after the other, as fast as they are taken: what sixteen busy reviewers send. */
async function decideOn(campaignId: string, { ctx, items }: Reviewing): Promise<void> {
  for (let at = 0; at < DECISIONS_EACH; at += 1) {
    const item = items[at % items.length];
    if (!item) throw new Error("A reviewer has nothing to decide.");
    const answer = at % 3 === 0 ? "abstain" : "keep";
    const given = { campaignId, itemId: item.id, version: item.version, answer, rationale: RATIONALE } as const;
    item.version = (await decideItem({ ...ctx, now: new Date() }, given)).version;
  }
}

/** The sealer as the worker runs it, in a process of its own. */
async function startSealer(): Promise<ChildProcess> {
  const args = ["--conditions=react-server", path.join(import.meta.dirname, "sealer.ts")];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  await Promise.race([once(child, "message"), once(child, "exit").then(() => Promise.reject(new Error("The sealer did not start.")))]);
  return child;
}

async function allSealed(admin: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await admin.query<{ open: boolean }>(
      "SELECT EXISTS (SELECT FROM audit_events e WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.event_id = e.id)) AS open",
    );
    if (!rows[0]?.open) return;
    await wait(100);
  }
}

const lastEvent = async (admin: pg.Client): Promise<string> =>
  (await admin.query<{ id: string }>("SELECT coalesce(max(id), 0)::text AS id FROM audit_events")).rows[0]?.id ?? "0";

export const sealing: Workload = {
  id: "W10",
  what: "decisions of 16 clients with the log being sealed behind them",
  baseline: "the same with sealing off",
  target: { kind: "at least", ratio: 0.9 },
  measure: "rate",
  prepare: async (bench) => {
    const { admin } = bench;
    const campaignId = await launched(bench, "whole");
    const reviewers = await reviewersOf(bench, campaignId);
    let sealer: ChildProcess | null = null;
    let first = "0";
    const lags: number[] = [];
    const decide = async () => {
      await Promise.all(reviewers.map((reviewing) => decideOn(campaignId, reviewing)));
      return reviewers.length * DECISIONS_EACH;
    };
    const stopSealer = async () => {
      if (!sealer) return;
      const ended = once(sealer, "exit");
      sealer.kill();
      await ended;
      sealer = null;
    };
    return {
      before: async (side) => {
        if (side === "ours") {
          sealer = await startSealer();
          await allSealed(admin);
        }
        first = await lastEvent(admin);
      },
      ours: decide,
      baseline: decide,
      after: async (side) => {
        if (side === "ours") {
          await allSealed(admin);
          lags.push(await sealLag(admin, first));
          await stopSealer();
        }
        await settle(admin);
      },
      // The warm-up's is left out, as its time is.
      also: async () => ({ name: "seal lag p99 ms", value: Math.max(...lags.slice(1)), atMost: 1000 }),
      close: stopSealer,
    };
  },
};

/** From an event's writing to its leaf, in milliseconds, for 99 of 100 events since `first`. */
async function sealLag(admin: pg.Client, first: string): Promise<number> {
  const { rows } = await admin.query<{ ms: number }>(
    `SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM l.sealed_at - e.recorded_at) * 1000)::float8 AS ms
     FROM audit_events e JOIN audit_leaves l ON l.event_id = e.id WHERE e.id > $1`,
    [first],
  );
  return rows[0]?.ms ?? Number.NaN;
}
