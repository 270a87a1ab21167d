import { ZodError } from "zod";
import { type GrantRef, SourceError, type SourceWriter } from "#lib/connectors/contract.ts";
import { createWriter } from "#lib/connectors/registry.ts";
import { openSecret, secretOf } from "#lib/connectors/secrets.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { readChanges } from "./changes.sql.ts";
import { combineChecks, ownChecks } from "./preflight.ts";
import type { Task } from "./remediation.sql.ts";
import { DEFAULT_REMEDIATION_PARAMETERS } from "./rules.ts";
import type { PreflightRow } from "./types.ts";

/** What it takes to open a source's writer. */
export type SourceToWrite = {
  sourceId: string;
  sourceKind: string;
  sourceConfig: unknown;
  writesConfig: unknown;
  writesSecret: Buffer | null;
};
export type OpenWriter = (source: SourceToWrite) => SourceWriter;

/** AAD of the secret of the account that writes: it does not open as the reader's, nor for another source. */
export const writerSecretOf = (sourceId: string): string => `${secretOf(sourceId)}:writes`;

/**
 * The source's settings with the writer's own over them: where both speak of the same server, only the account differs. `user` names the
 * account that writes here, and never takes the reader's place.
 */
export function writerSettings(config: unknown, own: unknown): Record<string, unknown> {
  const { user, ...rest } = objectOf(own);
  return { ...objectOf(config), ...rest, ...(user === undefined ? {} : { writerUser: user }) };
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

export const openWriter: OpenWriter = ({ sourceId, sourceKind, sourceConfig, writesConfig, writesSecret }) => {
  if (!writesSecret) throw new SourceError("The account that writes has no secret any more. Switch the writes on again.");
  const secrets = openSecret(writerSecretOf(sourceId), Buffer.from(writesSecret));
  try {
    const writer = createWriter(sourceKind, writerSettings(sourceConfig, writesConfig), secrets);
    if (writer) return writer;
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [issue] = error.issues;
    throw new SourceError(
      `The settings of the account that writes cannot be used: ${issue?.path.join(".") || "settings"}: ${issue?.message ?? "invalid"}.`,
    );
  }
  throw new SourceError(`Nothing can be taken back from a source of kind ${sourceKind}.`);
};

export async function withWriter<T>(open: OpenWriter, source: SourceToWrite, work: (writer: SourceWriter) => Promise<T>): Promise<T> {
  const writer = open(source);
  try {
    return await work(writer);
  } finally {
    await writer.close().catch(() => {});
  }
}

export type Asked = { checks: PreflightRow[]; statements: string[] };

export const grantRefOf = (task: Pick<Task, "identityExternalId" | "entitlementExternalId">): GrantRef => ({
  holderKind: "identity",
  holder: task.identityExternalId ?? "",
  entitlement: task.entitlementExternalId,
});

/** Our own pre-flight and, where the source may be written to, the source's, with the statements that it would run. */
export async function askAll(open: OpenWriter, task: Task, now: Date, signal: AbortSignal): Promise<Asked> {
  const facts = { ...task, lastUsed: { kind: task.lastUsedKind, at: task.lastUsedAt }, changes: await readChanges(task, now) };
  const own = ownChecks(facts, now, DEFAULT_REMEDIATION_PARAMETERS);
  if (task.writes !== "on") return { checks: own, statements: [] };
  const { checks, statements } = await upstream(() => withWriter(open, task, (writer) => askSource(writer, task, signal)));
  return { checks: combineChecks(own, checks), statements };
}

async function askSource(writer: SourceWriter, task: Task, signal: AbortSignal): Promise<Asked> {
  const checks = [...(await writer.preflightRevoke(grantRefOf(task), signal))];
  if (checks.some(({ result }) => result === "blocks")) return { checks, statements: [] };
  const dry = await writer.revokeGrant(grantRefOf(task), { dryRun: true, idempotencyKey: task.id }, signal);
  return { checks, statements: dry.kind === "applied" ? [...dry.statements] : [] };
}

/** What the source answers with an error is told as UPSTREAM: nothing of ours is broken. */
async function upstream<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new DomainError("UPSTREAM", `The source did not answer: ${error.message}`, { cause: error });
  }
}
