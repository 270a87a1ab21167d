import "server-only";
import { canonicalize } from "#lib/audit/canonical.ts";
import { noteKeyId, verifierKey } from "#lib/audit/checkpoint.ts";
import { instanceSigner, signBytes } from "#lib/audit/signing-key.ts";
import type { EvidenceScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { fingerprintOf } from "./manifest.ts";
import { type PackGap, packGaps } from "./schema.ts";

export type PackRow = {
  id: string;
  campaignId: string;
  campaignName: string;
  treeSize: string;
  sha256: string;
  bytes: string;
  createdAt: string;
  createdBy: string;
  downloads: number;
  lastDownloadedAt: string | null;
  /** Of its campaign, not those of every pack; null where it was made before they were kept. */
  gaps: PackGap[] | null;
};

const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** Rows without a user are the local operator's: the audit event names them. */
const NAME = `coalesce(u.display_name, 'the local operator')`;

/** Newest first; at most the last 500. */
export async function listPacks(_scope: EvidenceScope, filter: { campaignId: string | null }): Promise<PackRow[]> {
  const rows = await reader.rows<PackRow>(
    `SELECT p.id, p.campaign_id AS "campaignId", c.name AS "campaignName", p.tree_size::text AS "treeSize", p.sha256, p.size::text AS bytes,
       ${utc("p.created_at")} AS "createdAt", ${NAME} AS "createdBy", coalesce(a.downloads, 0)::int AS downloads, a."lastDownloadedAt", p.gaps
     FROM evidence_packs p JOIN campaigns c ON c.id = p.campaign_id LEFT JOIN app_users u ON u.id = p.created_by
     LEFT JOIN LATERAL (SELECT count(*) AS downloads, ${utc("max(x.at)")} AS "lastDownloadedAt" FROM evidence_access x WHERE x.pack_id = p.id) a ON true
     WHERE ($1::uuid IS NULL OR p.campaign_id = $1::uuid) ORDER BY p.created_at DESC, p.id DESC LIMIT 500`,
    [filter.campaignId],
  );
  return rows.map((row) => ({ ...row, gaps: packGaps.nullable().parse(row.gaps) }));
}

export type ExportableRow = { id: string; name: string; state: string; signedOffAt: string; items: string; packs: number };

/** Campaigns that were signed off, newest first; at most the last 200. */
export async function listExportable(_scope: EvidenceScope, filter: { campaignId: string | null }): Promise<ExportableRow[]> {
  return reader.rows<ExportableRow>(
    `SELECT c.id, c.name, c.state::text AS state, ${utc("c.signed_off_at")} AS "signedOffAt", p.item_count::text AS items,
       (SELECT count(*)::int FROM evidence_packs e WHERE e.campaign_id = c.id) AS packs
     FROM campaigns c JOIN populations p ON p.campaign_id = c.id
     WHERE c.signed_off_at IS NOT NULL AND ($1::uuid IS NULL OR c.id = $1::uuid) ORDER BY c.signed_off_at DESC, c.id DESC LIMIT 200`,
    [filter.campaignId],
  );
}

export async function findCampaignName(_scope: EvidenceScope, campaignId: string): Promise<{ name: string; state: string } | null> {
  const [row] = await reader.rows<{ name: string; state: string }>("SELECT name, state::text AS state FROM campaigns WHERE id = $1::uuid", [
    campaignId,
  ]);
  return row ?? null;
}

/** As JobProgress reads it. */
export type ExportSnapshot = {
  id: string;
  title: string;
  state: string;
  isDone: boolean;
  stream: string | null;
  pages: null;
  rows: string;
  declared: string | null;
  message: string | null;
  href: string;
};

type ExportRow = {
  id: string;
  name: string;
  campaignId: string;
  state: string;
  step: string | null;
  rows: string;
  total: string | null;
  message: string | null;
};

const EXPORT = `SELECT x.id, c.name, x.campaign_id AS "campaignId", x.state, x.step, x.rows::text AS rows, x.rows_total::text AS total, x.message
  FROM evidence_exports x JOIN campaigns c ON c.id = x.campaign_id`;

/** In the words that every job's state is shown in. */
const STATES: Readonly<Record<string, string>> = { waiting: "QUEUED", building: "RUNNING", done: "DONE", failed: "FAILED" };

const snapshotOf = ({ id, name, campaignId, state, step, rows, total, message }: ExportRow): ExportSnapshot => ({
  id,
  title: `Evidence of ${name}`,
  state: STATES[state] ?? state,
  isDone: state === "done" || state === "failed",
  stream: step,
  pages: null,
  rows,
  declared: total,
  message,
  href: `/evidence?campaign=${campaignId}`,
});

export async function getExport(_scope: EvidenceScope, exportId: string): Promise<ExportSnapshot> {
  const [row] = await reader.rows<ExportRow>(`${EXPORT} WHERE x.id = $1::uuid`, [exportId]);
  if (!row) throw notFound("Export", exportId);
  return snapshotOf(row);
}

/** What is being made, and what failed within the last hour. */
export async function listExports(_scope: EvidenceScope): Promise<ExportSnapshot[]> {
  const rows = await reader.rows<ExportRow>(
    `${EXPORT} WHERE x.state IN ('waiting', 'building') OR (x.state = 'failed' AND x.updated_at > now() - interval '1 hour') ORDER BY x.requested_at DESC, x.id DESC LIMIT 20`,
  );
  return rows.map(snapshotOf);
}

export type SigningKey = { fingerprint: string; keyId: string; verifierKey: string };

/** What signs packs and checkpoints here: to be compared with what a pack says, and handed on another way. */
export async function getSigningKey(_scope: EvidenceScope): Promise<SigningKey> {
  const signer = await instanceSigner(reader);
  return { fingerprint: fingerprintOf(signer.publicKey), keyId: noteKeyId(signer), verifierKey: verifierKey(signer) };
}

export type Receipt = { receipt: Record<string, string | null>; signature: string; key: string };

/** Who made a pack and when, signed: beside the pack and not in it, so that the pack stays the same for everybody. */
export async function getReceipt(_scope: EvidenceScope, packId: string): Promise<Receipt> {
  const [row] = await reader.rows<Record<string, string | null>>(
    `SELECT 'countersign-evidence-receipt' AS format, p.id AS pack_id, p.sha256, p.size::text AS bytes, p.campaign_id, c.name AS campaign, p.tree_size::text AS checkpoint,
       ${utc("p.created_at")} AS exported_at, p.created_by AS exported_by_user_id, ${NAME} AS exported_by
     FROM evidence_packs p JOIN campaigns c ON c.id = p.campaign_id LEFT JOIN app_users u ON u.id = p.created_by WHERE p.id = $1::uuid`,
    [packId],
  );
  if (!row) throw notFound("Pack", packId);
  const { signature } = await signBytes(reader, Buffer.from(canonicalize(row)));
  const { fingerprint } = await getSigningKey(_scope);
  return { receipt: row, signature, key: fingerprint };
}
