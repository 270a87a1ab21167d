import "server-only";
import { createHash } from "node:crypto";
import type { Tx } from "#lib/db/tx.ts";

const PAGE = 50_000;
const UUID_LENGTH = 36;

/**
 * The three digests of a campaign, each SHA-256 over one line per item in order of item id. Anyone can make them again from the exported
 * tables; absent values are empty.
 */
export const DIGEST_LINES = {
  /** What was frozen. Of an item that is no grant, the id of the credential, trust or identity stands in the grant's place. */
  population: "item id,grant id",
  /** What a reviewer handed in. */
  submission: "item id,decision id",
  /** What the owner signed. Of a machine's action the outcome is which. */
  final: "item id,outcome or VOIDED and why,decision id",
} as const;

const LINES = {
  population: "coalesce(i.grant_id, i.subject_id)::text",
  submission: "coalesce(i.decision_id::text, '')",
  final:
    "coalesce(CASE WHEN i.outcome = 'MACHINE_ACTION' THEN upper(i.answer) ELSE i.outcome END, 'VOIDED ' || i.void_reason, '') || ',' || coalesce(i.decision_id::text, '')",
} as const;

export type Digested = { digest: string; items: number };

/** Reads the campaign's items page by page in order of id (the aggregate keeps its subquery's order), so that memory does not grow with them. `where` narrows them ($3 on). */
export async function digestItems(
  tx: Tx,
  campaignId: string,
  what: keyof typeof LINES,
  narrow: { where: string; values: readonly unknown[] } = { where: "true", values: [] },
): Promise<Digested> {
  const hash = createHash("sha256");
  let items = 0;
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const [page] = await tx.rows<{ lines: string | null; count: number }>(
      `SELECT string_agg(line, '') AS lines, count(*)::int AS count FROM (
         SELECT i.id::text || ',' || ${LINES[what]} || E'\\n' AS line FROM items i
         WHERE i.campaign_id = $1::uuid AND i.id > $2::uuid AND ${narrow.where} ORDER BY i.id LIMIT ${PAGE}) page`,
      [campaignId, after, ...narrow.values],
    );
    if (!page?.lines) return { digest: hash.digest("hex"), items };
    hash.update(page.lines, "utf8");
    items += page.count;
    if (page.count < PAGE) return { digest: hash.digest("hex"), items };
    const last = page.lines.lastIndexOf("\n", page.lines.length - 2) + 1;
    after = page.lines.slice(last, last + UUID_LENGTH);
  }
}
