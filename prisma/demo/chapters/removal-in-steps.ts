import { reader } from "#lib/db/transact.ts";
import { startBatch } from "#lib/remediation/commands/batch.ts";
import { confirmRestore, requestRestore, restoreRemediation } from "#lib/remediation/commands/restore.ts";
import { runRemediation } from "#lib/remediation/commands/run.ts";
import { confirmWrites, requestWrites } from "#lib/remediation/commands/writes.ts";
import { as, confirmed, FALLBACK, SECURITY } from "../cast.ts";
import { requiredSource } from "../exports.ts";
import { requiredReview } from "../review.ts";
import { asJob, atLast, type Chapter, daysAgo, type Story } from "../story.ts";
import { DATABASE } from "./database.ts";
import { STEPS_REVIEW } from "./steps-review.ts";

/** The first that is taken back, and why it had to be put back. */
export const MISSED = "ilse_brandt: Member of payments_reader";
const WHY_BACK = "The nightly check of invoices signs in as her, and failed. It gets an account of its own first.";
const ADMINISTRATOR = "pavel_novak";

type Batch = { id: string; state: string };

async function findBatch(): Promise<Batch | null> {
  const [row] = await reader.rows<Batch>(
    "SELECT b.id, b.state FROM removal_batches b JOIN campaigns c ON c.id = b.campaign_id WHERE c.name = $1::text",
    [STEPS_REVIEW],
  );
  return row ?? null;
}

/**
 * The connector takes back one, then the next step, in the real database; then somebody misses theirs. Two people put it back, which stops the
 * rest: what had not begun can be begun again. All of it is really now, as whatever is proven is.
 */
export const removalInSteps: Chapter = {
  title: "its removals in steps, stopped half way",
  isTold: async () => (await findBatch())?.state === "STOPPED",
  async tell(story) {
    await ensureWrites(story);
    const { id } = (await findBatch()) ?? (await begin(story));
    await workOff(id, 1);
    await workOff(id, 2);
    await putBack(story, id);
  },
};

/** By two people: security asks, an administrator confirms. */
async function ensureWrites(story: Story): Promise<void> {
  const sourceId = await requiredSource(DATABASE);
  const on = await reader.rows("SELECT FROM sources WHERE id = $1::uuid AND writes_enabled_at IS NOT NULL", [sourceId]);
  if (on.length > 0) return;
  const account = new URL(process.env.DEMO_CORP_WRITER_URL ?? "postgres://");
  const asked = {
    sourceId,
    config: { user: account.username },
    secret: decodeURIComponent(account.password),
    reason: "Memberships that a review revokes are taken back by the connector from now on.",
  };
  const asking = await as(story, SECURITY, daysAgo(story, 1, 10));
  const { requestId } = await confirmed(asking, { action: "source.request_writes", input: asked }, requestWrites);
  const second = await as(story, ADMINISTRATOR, daysAgo(story, 1, 11));
  await confirmed(second, { action: "source.confirm_writes", input: { requestId } }, confirmWrites);
}

async function begin(story: Story): Promise<{ id: string }> {
  const campaignId = await requiredReview(STEPS_REVIEW);
  const input = { campaignId, sourceId: await requiredSource(DATABASE), confirmed: ["Not used in the last 7 days"] };
  const asked = { action: "removal_batch.start", input, transaction: "own" } as const;
  const { batchId } = await confirmed(await as(story, SECURITY, atLast()), asked, startBatch);
  return { id: batchId };
}

/** What the worker does with a step. */
async function workOff(batchId: string, step: number): Promise<void> {
  const due = await reader.rows<{ id: string }>(
    "SELECT id FROM remediations WHERE batch_id = $1::uuid AND batch_step = $2::int AND state IN ('QUEUED', 'RUNNING') ORDER BY id",
    [batchId, step],
  );
  for (const { id } of due) await runRemediation(asJob(atLast()), { remediationId: id });
}

async function putBack(story: Story, batchId: string): Promise<void> {
  const [missed] = await reader.rows<{ id: string }>("SELECT id FROM remediations WHERE batch_id = $1::uuid AND label = $2::text", [
    batchId,
    MISSED,
  ]);
  const remediationId = missed?.id ?? "";
  const { requestId } = await requestRestore(await as(story, FALLBACK, atLast()), { remediationId, reason: WHY_BACK });
  const second = await as(story, SECURITY, atLast());
  await confirmed(second, { action: "remediation.confirm_restore", input: { requestId } }, confirmRestore);
  await restoreRemediation(asJob(atLast()), { remediationId, requestId });
}
