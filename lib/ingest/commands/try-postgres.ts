import "server-only";
import { z } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { type Scope, SourceError } from "#lib/connectors/contract.ts";
import { checkPostgres } from "#lib/connectors/postgres/check.ts";
import { type PostgresConfig, postgresConfig } from "#lib/connectors/postgres/schema.ts";
import { transactPg } from "#lib/db/transact.ts";
import { checkSettings } from "../settings.ts";

export const tryPostgresInput = z.strictObject({
  config: z.record(z.string(), z.unknown()),
  /** Typed for this test: a saved secret is never sent to an address that was typed just now. */
  secret: z.strictObject({ password: z.string().min(1, "The password is needed for the test.").max(1000) }),
});
export type TryPostgresInput = z.input<typeof tryPostgresInput>;

export type PostgresTrial = {
  ok: boolean;
  /** Why it cannot be read at all; null where it answers. */
  problem: string | null;
  product: string | null;
  account: string | null;
  scopes: readonly Scope[];
  notes: readonly string[];
};

const TIMEOUT_MS = 20_000;

/** "Can I read what I need?", asked before anything is saved. Recorded all the same: it reaches out to an address that somebody typed. */
export async function tryPostgres(ctx: Ctx, given: TryPostgresInput): Promise<PostgresTrial> {
  authorize(ctx.actor, "source.manage");
  const input = tryPostgresInput.parse(given);
  await checkSettings("postgres", input.config, input.secret);
  const config = postgresConfig(input.config, input.secret);
  const trial = await ask(config);
  const missing = trial.scopes.filter(({ isMandatory, isHeld }) => isMandatory && !isHeld).map(({ name }) => name);
  await transactPg(ctx, (tx, inner) =>
    recordAudit(tx, inner, {
      type: "source.tested",
      subject: { kind: "source", id: "not saved", label: `${config.host}:${config.port}/${config.database}` },
      data: { ok: trial.ok, missing },
    }),
  );
  return trial;
}

async function ask(config: PostgresConfig): Promise<PostgresTrial> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const { canRead, declared, notes } = await checkPostgres(config, signal);
    return { ok: canRead, problem: null, product: declared.product, account: declared.account, scopes: declared.scopes, notes };
  } catch (error) {
    const unread = { ok: false, product: null, account: null, scopes: [], notes: [] };
    if (error instanceof SourceError) return { ...unread, problem: error.message };
    if (signal.aborted) return { ...unread, problem: `The server did not answer within ${TIMEOUT_MS / 1000} seconds.` };
    throw error;
  }
}
