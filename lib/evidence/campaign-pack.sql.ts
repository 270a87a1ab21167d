import "server-only";
import { canonicalize } from "#lib/audit/canonical.ts";
import { type NoteSigner, noteKeyId, parseCheckpointText, parseNote, verifierKey } from "#lib/audit/checkpoint.ts";
import { nodeReader, type StoredCheckpoint } from "#lib/audit/log.sql.ts";
import { instanceSigner } from "#lib/audit/signing-key.ts";
import type { JsonObject } from "#lib/audit/types.ts";
import { DIGEST_LINES } from "#lib/campaigns/digest.sql.ts";
import { SUGGESTION_VERSION } from "#lib/campaigns/suggestion.ts";
import type { PgTx, Tx } from "#lib/db/tx.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { accessSequence, lookBack } from "./access-tables.sql.ts";
import { listText, writeAuditFiles } from "./audit-files.ts";
import { checklistOf } from "./checklist.ts";
import { coveredEvents, type Progress, writeFile, writeTable } from "./copy.sql.ts";
import { exceptionEvents, exceptions } from "./exception-tables.sql.ts";
import { readFacts } from "./facts.sql.ts";
import { gapsOf, gapsText } from "./gaps.ts";
import { credentials, machines, trusts } from "./machine-tables.sql.ts";
import { fingerprintOf } from "./manifest.ts";
import { notifications } from "./notification-tables.sql.ts";
import type { PackFacts } from "./pack-facts.ts";
import { proofFiles, remediation, remediationEvents, remediationProofs } from "./remediation-tables.sql.ts";
import { type ReportFile, reportHtml } from "./report.ts";
import { changes, decisions, items, reaches, reassignments, reviewers, secondLooks, submissions } from "./review-tables.sql.ts";
import { delegations, overrides, rounds } from "./round-tables.sql.ts";
import type { PackGap } from "./schema.ts";
import {
  comparison,
  cycles,
  exclusions,
  files,
  grantedAfterFreeze,
  population,
  requests,
  runs,
  sources,
  tieOuts,
} from "./source-tables.sql.ts";
import type { PackTable } from "./tables.sql.ts";
import type { FileFacts, ManifestFields } from "./types.ts";
import { openPackView } from "./view.sql.ts";

/** In the order of the report. */
export const PACK_TABLES: readonly PackTable[] = [
  items,
  decisions,
  reassignments,
  rounds,
  delegations,
  overrides,
  submissions,
  reviewers,
  secondLooks,
  reaches,
  changes,
  population,
  sources,
  exclusions,
  tieOuts,
  comparison,
  cycles,
  files,
  runs,
  grantedAfterFreeze,
  machines,
  credentials,
  trusts,
  remediation,
  remediationEvents,
  remediationProofs,
  lookBack,
  exceptions,
  exceptionEvents,
  requests,
  notifications,
  accessSequence,
];

const OTHER_FILES: readonly ReportFile[] = [
  { name: "campaign.json", holds: "not a table: the campaign's scope, instructions and dates" },
  { name: "sign-off.json", holds: "not a table: what the owner attested, with the digest of the final set" },
  { name: "population-manifest.json", holds: "not a table: the account of the population exactly as it was signed at the freeze" },
  { name: "population-manifest.sig", holds: "64 bytes: the Ed25519 signature of population-manifest.json" },
  { name: "checklist.json", holds: "one line of the auditors' checklist: where it is answered, what is missing, which controls it serves" },
  { name: "gaps.json, gaps.txt", holds: "one thing that this pack does not prove" },
  {
    name: "proofs/",
    holds: "not a table: files that show removals by hand, named by their digest; remediation-proofs.csv says which is which",
  },
  { name: "audit/events.jsonl", holds: "one event of the audit log, as it was sealed" },
  { name: "audit/proofs.jsonl", holds: "the hash of a part of the log that is not in this pack" },
  { name: "audit/checkpoint.txt", holds: "not a table: the signed commitment to the whole log" },
  { name: "manifest.json, manifest.sig", holds: "not a table: every file with its digests, signed" },
  { name: "README.txt, verify.mjs, public-key.pem", holds: "not a table: how to check all this, the verifier, the key" },
];

export type Written = {
  files: FileFacts[];
  fields: ManifestFields;
  signer: NoteSigner;
  checkpointKey: string;
  facts: PackFacts;
  gaps: PackGap[];
};

/**
 * Writes everything that a campaign's pack says into a directory, read from one snapshot and bounded by the checkpoint. Needs a transaction of
 * REPEATABLE READ that nothing else happens in. Big tables stream; what is held is the report's size.
 */
export async function writeCampaignFiles(
  tx: PgTx,
  input: {
    campaignId: string;
    checkpoint: StoredCheckpoint;
    directory: string;
    product: { version: string };
    isDemo: boolean;
    progress?: Progress;
  },
): Promise<Written> {
  const { campaignId, checkpoint, directory } = input;
  const treeSize = Number(checkpoint.treeSize);
  input.progress?.("finding what the checkpoint covers", 0);
  await openPackView(tx, { campaignId, treeSize });
  await requireCovered(tx, campaignId);
  const target = { campaignId, directory, ...(input.progress ? { progress: input.progress } : {}) };
  const written: FileFacts[] = [];
  for (const table of PACK_TABLES) written.push(...(await writeTable(tx, table, target)));

  const signer = await instanceSigner(tx);
  const instance = {
    checkpoint: {
      origin: parseCheckpointText(parseNote(checkpoint.note).text).origin,
      treeSize,
      signedAt: checkpoint.signedAt,
      fingerprint: fingerprintOf(signer.publicKey),
    },
    product: input.product,
    publicKey: signer.publicKey,
    keyId: noteKeyId(signer),
    isDemo: (await isDemoInstance(tx)) ?? input.isDemo,
  };
  input.progress?.("counting for the report", 0);
  const facts = await readFacts(tx, campaignId, instance);
  const put = async (name: string, content: string | Uint8Array) => written.push(await writeFile(directory, name, once(content)));
  const manifest = await readManifest(tx, campaignId);
  await put("population-manifest.json", manifest);
  await put("population-manifest.sig", Buffer.from(facts.population.signature, "base64"));
  await put("campaign.json", canonicalize(campaignJson(facts)));
  await put("sign-off.json", canonicalize(signOffJson(facts)));
  for await (const { name, bytes } of proofFiles(tx, campaignId)) await put(name, bytes);

  const gaps = gapsOf(facts);
  const checklist = checklistOf(gaps.map(({ code }) => code));
  written.push(await writeFile(directory, "gaps.json", bytesOf(listText(gaps))));
  await put("gaps.txt", gapsText(gaps));
  written.push(await writeFile(directory, "checklist.json", bytesOf(listText(checklist))));
  const reportFiles = [...PACK_TABLES.map(({ name, holds }) => ({ name: `${name}.csv, ${name}.json`, holds })), ...OTHER_FILES];
  await put("report.html", reportHtml({ facts, gaps, checklist, files: reportFiles }));
  await writeAuditFiles({
    directory,
    events: coveredEvents(tx, input.progress),
    reader: nodeReader(tx),
    size: treeSize,
    checkpointNote: checkpoint.note,
  });
  const ofCampaign = gaps.filter(({ concerns }) => concerns === "this campaign");
  return {
    files: written,
    fields: manifestFields(facts),
    signer,
    checkpointKey: verifierKey(signer),
    facts,
    gaps: ofCampaign.map(({ code, lines, count }) => ({ code, lines: [...lines], count })),
  };
}

/** The sign-off and every decision that an item names must be below the checkpoint: else what the pack says could not be proven from it. */
async function requireCovered(tx: Tx, campaignId: string): Promise<void> {
  const [row] = await tx.rows<{ signed: boolean; missing: number }>(
    `SELECT EXISTS (SELECT FROM pack_events WHERE type = 'campaign.signed_off' AND subject_id = ($1::uuid)::text) AS signed,
       (SELECT count(*)::int FROM items i WHERE i.campaign_id = $1::uuid AND i.decision_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM pack_decisions k WHERE k.id = i.decision_id)) AS missing`,
    [campaignId],
  );
  if (row?.signed && row.missing === 0) return;
  throw precondition(
    row?.signed
      ? `The checkpoint does not cover ${row.missing} of the decisions that the campaign's items name. Export without naming one, and a new checkpoint is signed.`
      : "The checkpoint does not cover the campaign's sign-off: there is nothing signed to export from it. Name a later one, or none.",
  );
}

async function isDemoInstance(tx: Tx): Promise<boolean | null> {
  const [row] = await tx.rows<{ demo: boolean | null }>(
    "SELECT (data ->> 'demo')::boolean AS demo FROM pack_events WHERE type = 'instance.created' ORDER BY leaf_index LIMIT 1",
  );
  return row?.demo ?? null;
}

async function readManifest(tx: Tx, campaignId: string): Promise<string> {
  const [row] = await tx.rows<{ manifest: string }>("SELECT manifest FROM populations WHERE campaign_id = $1::uuid", [campaignId]);
  return row?.manifest ?? "";
}

function campaignJson({ campaign, population: frozen, silence }: PackFacts): JsonObject {
  return {
    id: campaign.id,
    name: campaign.name,
    state: campaign.state,
    owner: campaign.owner,
    owner_user_id: campaign.ownerUserId,
    parent_id: campaign.parentId,
    scope: campaign.scope,
    cycle: campaign.cycle && {
      template_id: campaign.cycle.templateId,
      template_version: campaign.cycle.version,
      template_digest: campaign.cycle.digest,
      at: campaign.cycle.at,
      previous_at: campaign.cycle.previousAt,
      next_at: campaign.cycle.nextAt,
    },
    plan: campaign.plan,
    zone: campaign.zone,
    watch_days: campaign.watchDays,
    policy_digest: campaign.policyDigest,
    instructions: campaign.instructions,
    instructions_version: campaign.instructionsVersion,
    automation: `${silence.items === 0 ? "none: " : ""}AI took no part, and no decision was made or preselected by a program. Beside each grant stood what fixed rule ${SUGGESTION_VERSION} suggested from the facts on the row; decisions.csv has it${
      silence.items === 0
        ? ""
        : `. What nobody decided follows the plan's rule for silence, and is marked by_silence (items: ${silence.items})`
    }`,
    created_at: campaign.createdAt,
    staged_at: campaign.stagedAt,
    launched_at: campaign.launchedAt,
    due_at: campaign.dueAt,
    closing_at: campaign.closingAt,
    signed_off_at: campaign.signedOffAt,
    closed_at: campaign.closedAt,
    population: {
      items: frozen.items,
      frozen_at: frozen.frozenAt,
      manifest_digest: frozen.digest,
      signature: frozen.signature,
      key_id: frozen.keyId,
    },
  };
}

function signOffJson({ signOff }: PackFacts): JsonObject {
  return {
    user: signOff.user,
    user_id: signOff.userId,
    signed_at: signOff.signedAt,
    confirmed_by: signOff.confirmedBy,
    attestation: signOff.attestation,
    digest: signOff.digest,
    digest_lines: `${DIGEST_LINES.final}; in order of item id, a line feed after each; outcomes in capitals`,
    counts: signOff.counts,
    event_id: signOff.eventId,
  };
}

function manifestFields(facts: PackFacts): ManifestFields {
  const { campaign, population: frozen, signOff, totals } = facts;
  return {
    campaign: { id: campaign.id, name: campaign.name, state: campaign.state },
    period: { from: campaign.launchedAt, to: signOff.signedAt },
    population: { items: frozen.items, digest: frozen.digest, frozen_at: frozen.frozenAt },
    policy: { digest: campaign.policyDigest },
    sign_off: { user: signOff.user, signed_at: signOff.signedAt, digest: signOff.digest },
    counts: { items: String(totals.items), decisions: String(totals.decisions), decided: String(totals.decided) },
    product: { name: "countersign", version: facts.product.version },
    demo: facts.isDemo,
  };
}

async function* once(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof content === "string" ? Buffer.from(content, "utf8") : content;
}

async function* bytesOf(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text, "utf8");
}
