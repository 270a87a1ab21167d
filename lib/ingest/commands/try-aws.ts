import "server-only";
import { z } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { createAwsConnector } from "#lib/connectors/aws/connector.ts";
import { type AwsConfig, awsConfig, awsSecrets } from "#lib/connectors/aws/schema.ts";
import { type Scope, SourceError } from "#lib/connectors/contract.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { checkSettings } from "../settings.ts";

export const tryAwsInput = z.strictObject({
  config: z.record(z.string(), z.unknown()),
  /** Typed for this test: a saved secret is never sent to an address that was typed just now. */
  secret: awsSecrets,
});
export type TryAwsInput = z.input<typeof tryAwsInput>;

export type AwsTrial = {
  ok: boolean;
  /** Why it cannot be read at all; null where it answers. */
  problem: string | null;
  product: string | null;
  account: string | null;
  scopes: readonly Scope[];
  notes: readonly string[];
};

const TIMEOUT_MS = 60_000;

/** "Can I read what I need?", asked before anything is saved. Recorded all the same: it reaches out to an address that somebody typed. */
export async function tryAws(ctx: Ctx, given: TryAwsInput): Promise<AwsTrial> {
  authorize(ctx.actor, "source.manage");
  const input = tryAwsInput.parse(given);
  await checkSettings("aws", input.config, input.secret);
  const config = awsConfig(input.config, input.secret);
  if (config.way !== "live") throw invalid("Only a source that is asked can be tried before it is saved.");
  const trial = await ask(config);
  const missing = trial.scopes.filter(({ isMandatory, isHeld }) => isMandatory && !isHeld).map(({ name }) => name);
  await transactPg(ctx, (tx, inner) =>
    recordAudit(tx, inner, {
      type: "source.tested",
      subject: { kind: "source", id: "not saved", label: config.endpoint ?? `AWS IAM (${config.region})` },
      data: { ok: trial.ok, missing },
    }),
  );
  return trial;
}

async function ask(config: AwsConfig): Promise<AwsTrial> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const connector = createAwsConnector(config);
  try {
    const { product, account, scopes } = await connector.declare(signal);
    return { ok: scopes.every(({ isMandatory, isHeld }) => isHeld || !isMandatory), problem: null, product, account, scopes, notes: [] };
  } catch (error) {
    const unread = { ok: false, product: null, account: null, scopes: [], notes: [] };
    if (error instanceof SourceError) return { ...unread, problem: error.message };
    if (signal.aborted) return { ...unread, problem: `AWS did not answer within ${TIMEOUT_MS / 1000} seconds.` };
    throw error;
  } finally {
    await connector.close();
  }
}
