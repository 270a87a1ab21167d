"use server";
import { refresh } from "next/cache";
import { defineAction } from "#lib/actions/define-action.ts";
import { rejectException, requestChanges } from "./commands/answer.ts";
import { approveException } from "./commands/approve.ts";
import { recordTest } from "./commands/record-test.ts";
import { requestRenewal } from "./commands/renew.ts";
import { changeException } from "./commands/request.ts";
import { revokeException } from "./commands/revoke.ts";
import { withdrawException } from "./commands/withdraw.ts";
import {
  answerExceptionInput,
  approveExceptionInput,
  changeExceptionInput,
  exceptionReasonInput,
  recordTestInput,
  renewExceptionInput,
} from "./schema.ts";

export const approveExceptionAction = defineAction(
  { name: "exception.approve", permission: "exception.approve", input: approveExceptionInput, critical: true, transaction: "pg" },
  async (ctx, input) => {
    const approved = await approveException(ctx, input);
    refresh();
    return approved;
  },
);

export const requestChangesAction = defineAction(
  { name: "exception.request_changes", permission: "exception.approve", input: answerExceptionInput, transaction: "pg" },
  async (ctx, input) => {
    await requestChanges(ctx, input);
    refresh();
  },
);

export const rejectExceptionAction = defineAction(
  { name: "exception.reject", permission: "exception.approve", input: answerExceptionInput, transaction: "pg" },
  async (ctx, input) => {
    await rejectException(ctx, input);
    refresh();
  },
);

export const changeExceptionAction = defineAction(
  { name: "exception.change", permission: "exception.request", input: changeExceptionInput, transaction: "pg" },
  async (ctx, input) => {
    await changeException(ctx, input);
    refresh();
  },
);

export const withdrawExceptionAction = defineAction(
  { name: "exception.withdraw", permission: "exception.request", input: exceptionReasonInput, transaction: "pg" },
  async (ctx, input) => {
    await withdrawException(ctx, input);
    refresh();
  },
);

export const requestRenewalAction = defineAction(
  { name: "exception.request_renewal", permission: "exception.request", input: renewExceptionInput, transaction: "pg" },
  async (ctx, input) => {
    await requestRenewal(ctx, input);
    refresh();
  },
);

export const recordTestAction = defineAction(
  { name: "exception.record_test", permission: "exception.record_test", input: recordTestInput, transaction: "pg" },
  async (ctx, input) => {
    await recordTest(ctx, input);
    refresh();
  },
);

export const revokeExceptionAction = defineAction(
  { name: "exception.revoke", permission: "exception.revoke", input: exceptionReasonInput, transaction: "pg" },
  async (ctx, input) => {
    await revokeException(ctx, input);
    refresh();
  },
);
