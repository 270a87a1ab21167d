import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { contentsDiff } from "#lib/inventory/contents-diff.ts";

type Versions = { entitlementId: string; wasDigest: string; was: string | null; wasMeaning: string | null; is: string | null };

/** Told of a change at most; the digests say that there is more. */
const LINES = 20;
const AT_ONCE = 500;

/** What the entitlements whose contents changed since they were last signed off gained and lost, once each. Reads the campaign's items. */
export async function keepChanges(tx: Tx, campaignId: string, priorCampaignIds: readonly string[]): Promise<void> {
  if (priorCampaignIds.length === 0) return;
  const changed = await tx.rows<{ id: string; digest: string }>(
    `SELECT DISTINCT ON (i.entitlement_id) i.entitlement_id AS id, o.entitlement_digest AS digest
     FROM (SELECT DISTINCT entitlement_id FROM items WHERE campaign_id = $1::uuid AND change = 'changed') i
     JOIN items o ON o.campaign_id = ANY ($2::uuid[]) AND o.entitlement_id = i.entitlement_id AND o.entitlement_digest IS NOT NULL
     ORDER BY i.entitlement_id, o.campaign_id DESC, o.id`,
    [campaignId, priorCampaignIds],
  );
  for (let at = 0; at < changed.length; at += AT_ONCE) {
    const some = changed.slice(at, at + AT_ONCE);
    const rows = (await readVersions(tx, some)).map(changeOf);
    await tx.rows(
      `INSERT INTO population_changes (campaign_id, entitlement_id, was_digest, was_meaning, added, removed)
       SELECT $1::uuid, w."entitlementId", w."wasDigest", w."wasMeaning", w.added, w.removed
       FROM jsonb_to_recordset($2::jsonb) AS w("entitlementId" uuid, "wasDigest" text, "wasMeaning" text, added text[], removed text[])`,
      [campaignId, JSON.stringify(rows)],
    );
  }
}

const readVersions = (tx: Tx, changed: readonly { id: string; digest: string }[]): Promise<Versions[]> =>
  tx.rows<Versions>(
    `SELECT e.id AS "entitlementId", w.digest AS "wasDigest", v.contents AS was, v.meaning AS "wasMeaning", e.contents AS is
     FROM unnest($1::uuid[], $2::text[]) AS w(id, digest) JOIN entitlements e ON e.id = w.id
     LEFT JOIN LATERAL (SELECT contents, meaning FROM entitlement_versions WHERE entitlement_id = w.id AND digest = w.digest ORDER BY seen_at DESC LIMIT 1) v ON true`,
    [changed.map(({ id }) => id), changed.map(({ digest }) => digest)],
  );

function changeOf({ entitlementId, wasDigest, wasMeaning, was, is }: Versions) {
  const lines = (kind: "added" | "removed") =>
    contentsDiff(was, is)
      .flatMap((line) => (line?.kind === kind && /[\p{L}\p{N}]/u.test(line.text) ? [line.text.trim().slice(0, 300)] : []))
      .slice(0, LINES);
  return { entitlementId, wasDigest, wasMeaning, added: lines("added"), removed: lines("removed") };
}
