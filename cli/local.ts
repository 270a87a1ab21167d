import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { Ctx } from "#lib/authz/ctx.ts";
import { closePools } from "#lib/db/pool.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { closeInstance, openInstance } from "./instance.ts";
import type { Verb, VerbIo } from "./verbs/verb.ts";
import { Download } from "./verbs/verb.ts";

/**
 * Runs a verb straight on the embedded database, as the local operator: whoever may read the data folder's secrets is one, and the audit
 * names them so. With DATABASE_URL there is none: the machine that holds the database is elsewhere.
 */
export async function runLocally(verb: Verb, input: unknown, io: VerbIo): Promise<unknown> {
  if (process.env.DATABASE_URL)
    throw new DomainError(
      "UNAUTHENTICATED",
      "The local operator exists only on the machine with the embedded database. Run `countersign login --url URL` first.",
    );
  const instance = await openInstance({ progress: () => {} });
  Object.assign(process.env, instance.env);
  const label = `local operator ${userInfo().username}`;
  const ctx: Ctx = {
    actor: { kind: "local_operator", label, authentication: { method: "operating_system" } },
    now: new Date(),
    requestId: `cli-${randomUUID()}`,
  };
  const close = async () => {
    await stopSender();
    await closePrisma();
    await closePools();
    await closeInstance(instance);
  };
  const result = await verb.run(ctx, input, io).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  if (result instanceof Download) return new Download(thenClose(result.bytes, close), result.facts);
  await close();
  return result;
}

/** A file's bytes are read after the verb has answered; the database stays until then. */
async function* thenClose(bytes: AsyncIterable<Uint8Array>, close: () => Promise<void>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } finally {
    await close();
  }
}
