import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { type Declared, SourceError } from "#lib/connectors/contract.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { DomainError, notFound, precondition } from "#lib/errors/domain-error.ts";
import { type SourceInput, sourceInput } from "../schema.ts";
import { subjectOf } from "../source-row.sql.ts";
import { findSourceToRead, openConnector } from "../source-to-read.sql.ts";

const TIMEOUT_MS = 30_000;

export type SourceTest = {
  ok: boolean;
  /** Why it cannot be read at all; null where it answers. */
  problem: string | null;
  /** Names of mandatory scopes that the reader lacks. */
  missing: string[];
  declared: Declared | null;
};

/** "Can I read what I need?" Asks the source what it would tell; nothing is imported. */
export async function testSource(ctx: Ctx, given: SourceInput): Promise<SourceTest> {
  authorize(ctx.actor, "source.manage");
  const { sourceId } = sourceInput.parse(given);
  const source = await findSourceToRead(reader, sourceId);
  if (!source) throw notFound("Source", sourceId);
  if (source.state === "retired") throw precondition("A retired source is not read any more.");
  const test = await declare(source);
  await transactPg(ctx, (tx, inner) =>
    recordAudit(tx, inner, { type: "source.tested", subject: subjectOf(source), data: { ok: test.ok, missing: test.missing } }),
  );
  return test;
}

async function declare(source: Parameters<typeof openConnector>[1]): Promise<SourceTest> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const connector = await openConnector(reader, source);
    try {
      const declared = await connector.declare(signal);
      const missing = declared.scopes.filter(({ isMandatory, isHeld }) => isMandatory && !isHeld).map(({ name }) => name);
      return { ok: missing.length === 0, problem: null, missing, declared };
    } finally {
      await connector.close();
    }
  } catch (error) {
    if (error instanceof SourceError || error instanceof DomainError)
      return { ok: false, problem: error.message, missing: [], declared: null };
    if (signal.aborted)
      return { ok: false, problem: `The source did not answer within ${TIMEOUT_MS / 1000} seconds.`, missing: [], declared: null };
    throw error;
  }
}
