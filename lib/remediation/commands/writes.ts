import "server-only";
import { ZodError } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { askSecondPerson, confirmSecondPerson } from "#lib/campaigns/second-person.sql.ts";
import { createWriter } from "#lib/connectors/registry.ts";
import { sealSecret } from "#lib/connectors/secrets.ts";
import { transactAside, transactPg } from "#lib/db/transact.ts";
import { DomainError, invalid, precondition } from "#lib/errors/domain-error.ts";
import { moveTasks, taskSubject } from "../remediation.sql.ts";
import { needsApproval } from "../rules.ts";
import {
  type ConfirmWritesInput,
  confirmWritesInput,
  type DisableWritesInput,
  disableWritesInput,
  type RequestWritesInput,
  requestWritesInput,
} from "../schema.ts";
import { writerSecretOf, writerSettings } from "../writer.ts";
import {
  askedWrites,
  clearWrites,
  ENABLE_WRITES,
  forgetSecret,
  lockManualByWrites,
  lockPlanned,
  lockSource,
  setWrites,
  sourceOfRequest,
  type WritableSource,
  withdrawRequests,
} from "../writes.sql.ts";

const subjectOf = (source: Pick<WritableSource, "id" | "name">) => ({ kind: "source", id: source.id, label: source.name });

/** The first of two people: names the account that may take access back. Its secret is encrypted before anything is stored, and never shown. */
export async function requestWrites(ctx: Ctx, input: RequestWritesInput): Promise<{ requestId: string }> {
  authorize(ctx.actor, "source.enable_writes");
  requireStepUp(ctx.actor);
  const { sourceId, config, secret, reason } = requestWritesInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const source = await lockSource(tx, sourceId);
    await requireWritable(source, config, { password: secret });
    const sealed = sealSecret(writerSecretOf(sourceId), { password: secret }).toString("base64");
    const ask = { action: ENABLE_WRITES, subject: subjectOf(source), input: { config, secret: sealed }, reason };
    const { requestId, event } = await askSecondPerson(tx, ctx, ask);
    await recordAudit(tx, ctx, event);
    return { requestId };
  });
}

/** The second, another person: from now on the connector may write. What waited for people only because it could not goes back to the plan. */
export async function confirmWrites(ctx: Ctx, input: ConfirmWritesInput): Promise<void> {
  authorize(ctx.actor, "source.enable_writes");
  requireStepUp(ctx.actor);
  const { requestId } = confirmWritesInput.parse(input);
  await recordingRefusal(ctx, "source.confirm_writes", () =>
    transactPg(ctx, async (tx) => {
      const source = await lockSource(tx, await sourceOfRequest(tx, requestId));
      if (source.state === "retired") throw precondition("The source is retired: nothing is written to it.");
      const asked = await confirmSecondPerson(tx, ctx, ENABLE_WRITES, requestId);
      await recordAudit(tx, ctx, { ...asked.event, subject: subjectOf(source) });
      const { config, secret } = askedWrites.parse(asked.input);
      await setWrites(tx, source.id, config, Buffer.from(secret, "base64"));
      await forgetSecret(tx, requestId);
      await recordAudit(tx, ctx, { type: "source.writes_enabled", subject: subjectOf(source), data: { requestId }, reason: asked.reason });
      const again = await moveTasks(tx, ctx, await lockManualByWrites(tx, source.id), {
        to: "PLANNED",
        detail: { cause: "writes_on", requestId },
      });
      for (const task of again) {
        const data = { campaignId: task.campaignId, requestId };
        await recordAudit(tx, ctx, { type: "remediation.planned_again", subject: taskSubject(task), data });
      }
      const atOnce = again.filter(({ riskClass }) => !needsApproval(riskClass));
      await moveTasks(tx, ctx, atOnce, { to: "APPROVED", detail: { by: "the decision: no other approval is needed at this risk" } });
    }),
  );
}

/** One person is enough to stop. The account's secret is gone with it, and what was planned for the connector goes to people. */
export async function disableWrites(ctx: Ctx, input: DisableWritesInput): Promise<void> {
  authorize(ctx.actor, "source.enable_writes");
  const { sourceId, reason } = disableWritesInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const source = await lockSource(tx, sourceId);
    const subject = subjectOf(source);
    const withdrawn = await withdrawRequests(tx, sourceId);
    if (!source.isEnabled && withdrawn.length === 0) throw precondition("Writing to this source is off already.");
    for (const requestId of withdrawn)
      await recordAudit(tx, ctx, { type: "second_person.withdrawn", subject, data: { requestId, action: ENABLE_WRITES }, reason });
    if (!source.isEnabled) return;
    await clearWrites(tx, sourceId);
    await recordAudit(tx, ctx, { type: "source.writes_disabled", subject, data: {}, reason });
    const tasks = await moveTasks(tx, ctx, await lockPlanned(tx, sourceId), {
      to: "MANUAL_REQUIRED",
      detail: { cause: "writes_off", reason },
    });
    for (const task of tasks) {
      const data = { campaignId: task.campaignId, cause: "writes_off" };
      await recordAudit(tx, ctx, { type: "remediation.manual_required", subject: taskSubject(task), data, reason });
    }
  });
}

/** Refuses settings that the writer would refuse, with the fields that are wrong. Nothing is contacted. */
async function requireWritable(source: WritableSource, config: Record<string, unknown>, secrets: unknown): Promise<void> {
  if (source.state === "retired") throw precondition("The source is retired: nothing is written to it.");
  try {
    const writer = createWriter(source.kind, writerSettings(source.config, config), secrets);
    if (!writer) throw precondition(`Nothing can be taken back from a source of kind ${source.kind}: it has to be done by hand.`);
    await writer.close();
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const fields = error.issues.map(({ path, message }) => [fieldOf(path), message]);
    throw invalid("These settings cannot be used to write to the source.", Object.fromEntries(fields));
  }
}

/** As the form names them: the account's password is the secret, the account that writes is the user. */
function fieldOf(path: readonly PropertyKey[]): string {
  if (path[0] === "password") return "secret";
  return path[0] === "writerUser" ? "config.user" : ["config", ...path].join(".");
}

/** Confirming one's own request is an attempt worth keeping: it is recorded though it is refused. */
async function recordingRefusal<T>(ctx: Ctx, command: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const refusal = error instanceof DomainError ? error.details?.refusal : undefined;
    if (refusal === "same_user" || refusal === "same_person") {
      const subject = { kind: "command", id: command, label: command };
      await transactAside(ctx, (tx) => recordAudit(tx, ctx, { type: "command.refused", subject, data: { command, code: "PRECONDITION" } }));
    }
    throw error;
  }
}
