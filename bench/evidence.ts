import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { canonicalize } from "#lib/audit/canonical.ts";
import { signBytes } from "#lib/audit/signing-key.ts";
import { systemActor } from "#lib/authz/actor.ts";
import { transactCopy } from "#lib/db/transact.ts";
import { copied, writeCsv } from "#lib/evidence/copy.sql.ts";
import { items } from "#lib/evidence/review-tables.sql.ts";
import { literal } from "#lib/evidence/tables.sql.ts";
import type { Workload } from "./harness.ts";
import { draftCampaign, stage } from "./review.ts";
import { importedSource, settle, writeData } from "./source.ts";

const ctx = () => ({ actor: systemActor("bench"), now: new Date(), requestId: "bench" });

/** Columns of an item as they lie in the table: no formula is guarded, no instant is written out, nothing is digested. */
const PLAIN = `source_name, identity_name, identity_external_id, identity_class, identity_status, person_id, person_name, person_title, department, owner_name,
  entitlement_name, entitlement_external_id, meaning, resource_name, resource_class, environment, sensitivity, privileged, reach_count, also_held_by, started_kind,
  started_at, expires_kind, expires_at, last_used_kind, last_used_at, granted_by, factors, risk_class, risk_reasons, change, last_outcome, reviewer_rule, passed_over,
  first_reviewer_id, reviewer_id, due_at, state, outcome, decision_id, void_reason, void_run_id, opened_run_id, observed_run_id, grant_id, identity_id, entitlement_id,
  entitlement_digest, follows_campaign_id, follows_item_id`;

export const evidenceCsv: Workload = {
  id: "W8",
  what: "the evidence CSV of every item, guarded, digested in blocks and whole, signed",
  baseline: "COPY of the same columns to a file",
  target: { kind: "at most", ratio: 1.15 },
  prepare: async (bench) => {
    const folder = path.join(bench.folder, "whole");
    bench.progress(`importing ${bench.rows} grants and freezing them`);
    writeData(folder, bench.rows, "whole");
    const campaignId = await draftCampaign(bench.admin, await importedSource(folder, bench.admin));
    await stage(campaignId);
    await settle(bench.admin);
    const directory = path.join(bench.folder, "csv");
    return {
      before: async () => {
        await rm(directory, { recursive: true, force: true });
        await mkdir(directory);
      },
      ours: () =>
        transactCopy(ctx(), async (tx) => {
          await tx.rows("SET LOCAL TimeZone = 'UTC'");
          const { crc32: _, blocks, ...facts } = await writeCsv(tx, items, { campaignId, directory });
          await signBytes(tx, Buffer.from(canonicalize({ ...facts, blocks: [...blocks] })));
          return undefined;
        }),
      baseline: () =>
        transactCopy(ctx(), async (tx) => {
          const sql = `COPY (SELECT id, ${PLAIN} FROM items WHERE campaign_id = ${literal(campaignId)} ORDER BY id) TO STDOUT (FORMAT csv, HEADER true)`;
          await pipeline(Readable.from(copied(tx, sql)), createWriteStream(path.join(directory, "plain.csv")));
          return undefined;
        }),
    };
  },
};
