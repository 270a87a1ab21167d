import pg from "pg";
import { type GrantRef, type PreflightCheck, type RestoreResult, SourceError, type SourceWriter, type WriteResult } from "../contract.ts";
import { connect, placeOf, type Session } from "./client.ts";
import { preflight, stuckSteps } from "./preflight.ts";
import type { Step } from "./revoke.sql.ts";
import type { PostgresWriterConfig } from "./schema.ts";
import { databaseOf, stepsFor, type Target, targetOf } from "./target.ts";

/** Takes grants back, and puts them back, with an account of its own. Each call signs in, acts in one transaction, and signs out. */
export function createPostgresWriter(config: PostgresWriterConfig): SourceWriter {
  const account = { user: config.writerUser, password: config.writerPassword };
  const life = new AbortController();

  async function within<T>(target: Target, signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await connect(config, account, databaseOf(target) ?? config.database, AbortSignal.any([signal, life.signal]));
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  return {
    async preflightRevoke(grant: GrantRef, signal: AbortSignal): Promise<readonly PreflightCheck[]> {
      const target = targetOf(grant);
      if ("reason" in target)
        return [{ name: "PostgreSQL can take it back", result: "blocks", detail: `${target.reason} Who can: ${target.whoCan}.` }];
      return within(target, signal, async (session) => preflight(session, target, await stepsFor(session, target), config));
    },
    async revokeGrant(grant, { dryRun, idempotencyKey }, signal): Promise<WriteResult> {
      const target = targetOf(grant);
      if ("reason" in target) return { kind: "not_supported", ...target };
      return within(target, signal, (session) => revoke(session, target, { dryRun, idempotencyKey }, config));
    },
    async restoreGrant(grant, { undo, idempotencyKey }, signal): Promise<RestoreResult> {
      const target = targetOf(grant);
      if ("reason" in target) return { kind: "not_supported", ...target };
      return within(target, signal, (session) => restore(session, target, undo, idempotencyKey, config));
    },
    async close() {
      life.abort(new SourceError("The writer was closed."));
    },
  };
}

async function revoke(
  session: Session,
  target: Target,
  options: { dryRun: boolean; idempotencyKey: string },
  config: PostgresWriterConfig,
): Promise<WriteResult> {
  const steps = await stepsFor(session, target);
  if (steps.length === 0) return { kind: "already_gone", detail: "The server holds no such grant." };
  const statements = steps.flatMap(({ act_as, sql }) => actingAs(act_as, sql));
  const undo = steps.flatMap((step) => actingAs(step.act_as, step.undo));
  if (options.dryRun) return { kind: "applied", statements, undo, detail: "Dry run: nothing was changed." };
  // Asked again here, whatever the caller asked before: the last superuser must not go because two calls crossed.
  const blocked = (await preflight(session, target, steps, config)).filter(({ result }) => result === "blocks");
  const stuck = stuckSteps(steps, config.writerUser);
  if (blocked.length > 0) return notEffective(stuck ?? blocked.map(({ name, detail }) => `${name}: ${detail}`).join(" "));

  const isGone = async () => (await stepsFor(session, target)).length === 0;
  const failure = await attempt(session, statements, options.idempotencyKey, isGone);
  const left = await stepsFor(session, target); // in a transaction of its own: what everyone sees now
  if (left.length > 0 && failure === null)
    return notEffective("It was taken back and is there again: someone granted it anew at the same moment.");
  if (left.length > 0 && failure?.isPassing)
    throw new SourceError(`${failure.why} Try again.`, { where: placeOf(config, session.database) });
  if (left.length > 0) return notEffective(failure?.why ?? "");
  if (failure) return { kind: "already_gone", detail: "Someone else took it back at the same moment." };
  return { kind: "applied", statements, undo, detail: `Taken back and read again: ${session.database} no longer lists it.` };
}

/** What a revoke keeps to be undone by: grants and attributes of roles, and nothing else, whoever hands them in. */
const UNDOES = /^(GRANT |ALTER ROLE |SET LOCAL ROLE |RESET ROLE$)[^;]*$/;

async function restore(
  session: Session,
  target: Target,
  undo: readonly string[],
  idempotencyKey: string,
  config: PostgresWriterConfig,
): Promise<RestoreResult> {
  if (undo.length === 0 || !undo.every((sql) => UNDOES.test(sql)))
    return {
      kind: "not_supported",
      reason: "What was taken back is not known well enough to be put back.",
      whoCan: "An administrator of the server",
    };
  const isThere = async () => (await stepsFor(session, target)).length > 0;
  if (await isThere()) return { kind: "already_there", detail: "The server lists it already." };
  const failure = await attempt(session, undo, idempotencyKey, isThere);
  if (failure?.isPassing) throw new SourceError(`${failure.why} Try again.`, { where: placeOf(config, session.database) });
  if (failure) return { kind: "not_effective", detail: failure.why };
  return { kind: "restored", statements: undo, detail: `Granted again and read back: ${session.database} lists it.` };
}

/** Why nothing was committed; a passing one may go otherwise at the next try (a lock, a change at the same moment). */
type Failure = { readonly why: string; readonly isPassing: boolean };

const notEffective = (detail: string): WriteResult => ({ kind: "not_effective", detail });

const actingAs = (role: Step["act_as"], sql: string): string[] =>
  role === null ? [sql] : [`SET LOCAL ROLE ${pg.escapeIdentifier(role)}`, sql, "RESET ROLE"];

/** All or nothing, and only where it changed what it was to change. Null when it was committed. */
async function attempt(
  session: Session,
  statements: readonly string[],
  idempotencyKey: string,
  isDone: () => Promise<boolean>,
): Promise<Failure | null> {
  const mark = `/* countersign ${idempotencyKey.replaceAll(/[^\w.-]/g, "_").slice(0, 100)} */`; // so that the server's own log names the task
  session.takeWarnings();
  try {
    await session.rows("BEGIN");
    for (const sql of statements) await session.rows(`${mark} ${sql}`);
    const warnings = session.takeWarnings();
    if (warnings.length > 0) return await undone(session, `The server warned and did not do it: ${warnings.join("; ")}.`);
    if (!(await isDone())) return await undone(session, "The statements succeeded and changed nothing.");
    await session.rows("COMMIT");
    return null;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error; // the connection went: whether it was committed, the next call will see
    const isPassing = !REFUSALS.has(error.code ?? "");
    return await undone(session, `The server refused: ${error.message}.${error.detail ? ` ${error.detail}.` : ""}`, isPassing);
  }
}

async function undone(session: Session, why: string, isPassing = false): Promise<Failure> {
  await session.rows("ROLLBACK");
  return { why, isPassing };
}

/** No privilege, others depend on it, not by this grantor, not in this way: trying again would end the same. */
const REFUSALS = new Set(["42501", "2BP01", "0LP01", "0L000", "0A000", "25006"]);
