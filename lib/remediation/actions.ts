"use server";
import { refresh } from "next/cache";
import { defineAction } from "#lib/actions/define-action.ts";
import { approveRemediation } from "./commands/approve.ts";
import { checkBatch, startBatch, stopBatch } from "./commands/batch.ts";
import { claimDone, requireManual } from "./commands/claim.ts";
import { closeCampaign } from "./commands/close-campaign.ts";
import { executeRemediation, preflightRemediation } from "./commands/execute.ts";
import { confirmRestore, requestBatchRestore, requestRestore } from "./commands/restore.ts";
import { ticketRemediation } from "./commands/ticket.ts";
import { confirmWrites, disableWrites, requestWrites } from "./commands/writes.ts";
import {
  batchRestoreInput,
  checkBatchInput,
  claimRemediationInput,
  closeCampaignInput,
  confirmWritesInput,
  disableWritesInput,
  executeRemediationInput,
  manualRemediationInput,
  remediationInput,
  remediationReasonInput,
  requestWritesInput,
  startBatchInput,
  stopBatchInput,
  ticketRemediationInput,
} from "./schema.ts";

export const approveRemediationAction = defineAction(
  { name: "remediation.approve", permission: "remediation.approve", input: remediationInput, transaction: "pg" },
  async (ctx, input) => {
    await approveRemediation(ctx, input);
    refresh();
  },
);

/** Asks the source itself, so it holds no transaction while it waits. */
export const preflightRemediationAction = defineAction(
  { name: "remediation.preflight", permission: "remediation.execute", input: remediationInput, transaction: "own" },
  (ctx, input) => preflightRemediation(ctx, input),
);

export const executeRemediationAction = defineAction(
  { name: "remediation.execute", permission: "remediation.execute", input: executeRemediationInput, critical: true, transaction: "own" },
  async (ctx, input) => {
    const queued = await executeRemediation(ctx, input);
    refresh();
    return queued;
  },
);

/** Asks the source about each removal, so it holds no transaction while it waits. */
export const checkBatchAction = defineAction(
  { name: "removal_batch.check", permission: "remediation.execute", input: checkBatchInput, transaction: "own" },
  (ctx, input) => checkBatch(ctx, input),
);

export const startBatchAction = defineAction(
  { name: "removal_batch.start", permission: "remediation.execute", input: startBatchInput, critical: true, transaction: "own" },
  async (ctx, input) => {
    const started = await startBatch(ctx, input);
    refresh();
    return started;
  },
);

export const stopBatchAction = defineAction(
  { name: "removal_batch.stop", permission: "remediation.execute", input: stopBatchInput, transaction: "pg" },
  async (ctx, input) => {
    await stopBatch(ctx, input);
    refresh();
  },
);

export const requestRestoreAction = defineAction(
  { name: "remediation.request_restore", permission: "remediation.restore", input: remediationReasonInput, transaction: "pg" },
  async (ctx, input) => {
    const request = await requestRestore(ctx, input);
    refresh();
    return request;
  },
);

export const requestBatchRestoreAction = defineAction(
  { name: "removal_batch.request_restore", permission: "remediation.restore", input: batchRestoreInput, transaction: "pg" },
  async (ctx, input) => {
    const request = await requestBatchRestore(ctx, input);
    refresh();
    return request;
  },
);

export const confirmRestoreAction = defineAction(
  { name: "remediation.confirm_restore", permission: "remediation.restore", input: confirmWritesInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const confirmed = await confirmRestore(ctx, input);
    refresh();
    return confirmed;
  },
);

export const requireManualAction = defineAction(
  { name: "remediation.require_manual", permission: "remediation.claim", input: manualRemediationInput, transaction: "pg" },
  async (ctx, input) => {
    await requireManual(ctx, input);
    refresh();
  },
);

export const ticketRemediationAction = defineAction(
  { name: "remediation.ticket", permission: "remediation.claim", input: ticketRemediationInput, transaction: "pg" },
  async (ctx, input) => {
    const ticketed = await ticketRemediation(ctx, input);
    refresh();
    return ticketed;
  },
);

export const claimDoneAction = defineAction(
  { name: "remediation.claim_done", permission: "remediation.claim", input: claimRemediationInput, transaction: "pg" },
  async (ctx, input) => {
    await claimDone(ctx, input);
    refresh();
  },
);

export const requestWritesAction = defineAction(
  { name: "source.request_writes", permission: "source.enable_writes", input: requestWritesInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const request = await requestWrites(ctx, input);
    refresh();
    return request;
  },
);

export const confirmWritesAction = defineAction(
  { name: "source.confirm_writes", permission: "source.enable_writes", input: confirmWritesInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    await confirmWrites(ctx, input);
    refresh();
  },
);

export const disableWritesAction = defineAction(
  { name: "source.disable_writes", permission: "source.enable_writes", input: disableWritesInput, transaction: "pg" },
  async (ctx, input) => {
    await disableWrites(ctx, input);
    refresh();
  },
);

export const closeCampaignAction = defineAction(
  { name: "campaign.close", permission: "campaign.manage", input: closeCampaignInput, transaction: "pg" },
  async (ctx, input) => {
    await closeCampaign(ctx, input);
    refresh();
  },
);
