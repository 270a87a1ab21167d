import type pg from "pg";
import { type Acknowledged, type Load, type Review, sendUntilAnswered } from "./reviewers.ts";

const REPLAYED = 100;

/** Every acknowledged answer against what the database holds: P1 (there and audited), P4 (one per version) and P7 (a retry acts once). */
export async function checkLedger(
  admin: pg.Client,
  { campaignId }: Review,
  load: Load,
): Promise<{ figures: Record<string, number>; broken: string[] }> {
  await admin.query("CREATE TEMPORARY TABLE acknowledged (decision_id uuid, item_id uuid, version int, answer text)");
  for (let from = 0; from < load.acknowledged.length; from += 10_000) await note(admin, load.acknowledged.slice(from, from + 10_000));
  await admin.query("ANALYZE acknowledged");
  const { rows } = await admin.query<Record<string, number>>(
    `WITH logged AS MATERIALIZED (SELECT body::jsonb -> 'data' ->> 'decisionId' AS decision_id, count(*)::int AS times FROM audit_events
       WHERE type LIKE 'campaign_item.%' GROUP BY 1),
     mine AS MATERIALIZED (SELECT id, item_id, item_version, answer FROM decisions WHERE campaign_id = $1)
     SELECT (SELECT count(*)::int FROM acknowledged) AS acknowledged,
       (SELECT count(*)::int FROM acknowledged a WHERE NOT EXISTS (SELECT FROM mine d WHERE d.id = a.decision_id AND d.item_id = a.item_id AND d.answer = a.answer)) AS lost,
       (SELECT count(*)::int FROM mine) - (SELECT count(DISTINCT decision_id)::int FROM acknowledged) AS doubled,
       (SELECT count(*)::int FROM (SELECT FROM mine GROUP BY item_id, item_version HAVING count(*) > 1) AS twice) AS "same version twice",
       (SELECT count(*)::int FROM mine d LEFT JOIN logged l ON l.decision_id = d.id::text WHERE l.times IS DISTINCT FROM 1) AS "not audited once",
       (SELECT count(*)::int FROM items i JOIN (SELECT item_id, count(*) AS times, min(item_version) AS first, max(item_version) AS last FROM mine GROUP BY 1) d
         ON d.item_id = i.id WHERE i.campaign_id = $1 AND (i.version <> d.last + 1 OR d.times <> d.last - d.first + 1)) AS "items out of step"`,
    [campaignId],
  );
  const { acknowledged = 0, ...faults } = rows[0] ?? {};
  const broken = Object.entries(faults).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`]));
  return { figures: { acknowledged, ...faults, repeated: load.repeated }, broken: [...broken, ...load.wrong] };
}

const note = (admin: pg.Client, some: readonly Acknowledged[]) =>
  admin.query("INSERT INTO acknowledged SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[])", [
    some.map(({ decisionId }) => decisionId),
    some.map(({ itemId }) => itemId),
    some.map(({ version }) => version),
    some.map(({ answer }) => answer),
  ]);

/** Calls that were answered long ago, sent again by their keys: the same answer and no effect; another body under the key is a conflict. */
export async function replay(url: string, { campaignId }: Review, { acknowledged }: Load): Promise<string[]> {
  const broken: string[] = [];
  const step = Math.max(1, Math.floor(acknowledged.length / REPLAYED));
  for (let at = 0; at < acknowledged.length; at += step) {
    const { decisionId, reviewer, ...said } = acknowledged[at] as Acknowledged;
    const call = { ...said, campaignId, token: reviewer.token };
    const again = await sendUntilAnswered(url, call);
    if (again?.status !== 200 || again.body.decisionId !== decisionId) broken.push(`a retry was answered ${JSON.stringify(again)}`);
    const other = await sendUntilAnswered(url, { ...call, version: call.version + 1 });
    if (other?.body.title !== "IDEMPOTENCY_CONFLICT") broken.push(`another body under the same key was answered ${JSON.stringify(other)}`);
  }
  return broken;
}
