"use server";
import { refresh } from "next/cache";
import { defineAction } from "#lib/actions/define-action.ts";
import { addSource } from "./commands/add-source.ts";
import { changeSource } from "./commands/change-source.ts";
import { confirmGateOverride, requestGateOverride } from "./commands/override-gate.ts";
import { rejectRun } from "./commands/reject-run.ts";
import { setSchedule } from "./commands/set-schedule.ts";
import { pauseSource, resumeSource, retireSource } from "./commands/source-state.ts";
import { startSync } from "./commands/start-sync.ts";
import { testSource } from "./commands/test-source.ts";
import { tryAws, tryAwsInput } from "./commands/try-aws.ts";
import { tryPostgres, tryPostgresInput } from "./commands/try-postgres.ts";
import {
  addSourceInput,
  changeSourceInput,
  confirmOverrideInput,
  rejectRunInput,
  requestOverrideInput,
  retireSourceInput,
  setScheduleInput,
  sourceInput,
  startSyncInput,
} from "./schema.ts";

/** Whoever enters a secret says once more who they are. */
const holdsSecret = ({ secret }: { secret?: Readonly<Record<string, string>> | undefined }): boolean => secret !== undefined;

export const addSourceAction = defineAction(
  { name: "source.add", permission: "source.manage", input: addSourceInput, critical: holdsSecret, transaction: "pg" },
  (ctx, input) => addSource(ctx, input),
);

export const changeSourceAction = defineAction(
  { name: "source.change", permission: "source.manage", input: changeSourceInput, critical: holdsSecret, transaction: "pg" },
  async (ctx, input) => {
    const changed = await changeSource(ctx, input);
    refresh();
    return changed;
  },
);

/** The tests wait for another machine, so they hold no transaction meanwhile. */
export const testSourceAction = defineAction(
  { name: "source.test", permission: "source.manage", input: sourceInput, transaction: "own" },
  (ctx, input) => testSource(ctx, input),
);

export const tryPostgresAction = defineAction(
  { name: "source.try_postgres", permission: "source.manage", input: tryPostgresInput, transaction: "own" },
  (ctx, input) => tryPostgres(ctx, input),
);

export const tryAwsAction = defineAction(
  { name: "source.try_aws", permission: "source.manage", input: tryAwsInput, transaction: "own" },
  (ctx, input) => tryAws(ctx, input),
);

export const pauseSourceAction = defineAction(
  { name: "source.pause", permission: "source.manage", input: sourceInput, transaction: "pg" },
  async (ctx, input) => {
    await pauseSource(ctx, input);
    refresh();
  },
);

export const resumeSourceAction = defineAction(
  { name: "source.resume", permission: "source.manage", input: sourceInput, transaction: "pg" },
  async (ctx, input) => {
    await resumeSource(ctx, input);
    refresh();
  },
);

export const retireSourceAction = defineAction(
  { name: "source.retire", permission: "source.manage", input: retireSourceInput, transaction: "pg" },
  async (ctx, input) => {
    await retireSource(ctx, input);
    refresh();
  },
);

export const setScheduleAction = defineAction(
  { name: "source.set_schedule", permission: "source.manage", input: setScheduleInput, transaction: "pg" },
  async (ctx, input) => {
    const set = await setSchedule(ctx, input);
    refresh();
    return set;
  },
);

export const startSyncAction = defineAction(
  { name: "source.sync", permission: "source.sync", input: startSyncInput, transaction: "pg" },
  async (ctx, input) => {
    const started = await startSync(ctx, input);
    refresh();
    return started;
  },
);

export const rejectRunAction = defineAction(
  { name: "sync_run.reject", permission: "source.sync", input: rejectRunInput, transaction: "pg" },
  async (ctx, input) => {
    await rejectRun(ctx, input);
    refresh();
  },
);

export const requestGateOverrideAction = defineAction(
  { name: "sync_run.request_override", permission: "source.override", input: requestOverrideInput, transaction: "pg" },
  async (ctx, input) => {
    const request = await requestGateOverride(ctx, input);
    refresh();
    return request;
  },
);

export const confirmGateOverrideAction = defineAction(
  { name: "sync_run.confirm_override", permission: "source.override", input: confirmOverrideInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const outcome = await confirmGateOverride(ctx, input);
    refresh();
    return outcome;
  },
);
