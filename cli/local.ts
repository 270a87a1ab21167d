import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { Ctx } from "#lib/authz/ctx.ts";
import { closePools } from "#lib/db/pool.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { inTurn } from "./in-turn.ts";
import { closeInstance, openInstance } from "./instance.ts";
import type { Verb, VerbIo } from "./verbs/verb.ts";

export type Call = { input: unknown; io: VerbIo };

/**
 * Runs a verb straight on the embedded database, once for each call, as the local operator: whoever may read the data folder's secrets is one, and
 * the audit names them so. With DATABASE_URL there is none: the machine that holds the database is elsewhere. The database stays until the
 * last result was taken, since a file's bytes are read after its verb has answered.
 */
export async function* runLocally(verb: Verb, calls: readonly Call[]): AsyncGenerator<unknown> {
  if (process.env.DATABASE_URL)
    throw new DomainError(
      "UNAUTHENTICATED",
      "The local operator exists only on the machine with the embedded database. Run `countersign login --url URL` first.",
    );
  const instance = await openInstance({ progress: () => {} });
  Object.assign(process.env, instance.env);
  const actor = {
    kind: "local_operator",
    label: `local operator ${userInfo().username}`,
    authentication: { method: "operating_system" },
  } as const satisfies Ctx["actor"];
  try {
    yield* inTurn(calls, ({ input, io }) => verb.run({ actor, now: new Date(), requestId: `cli-${randomUUID()}` }, input, io));
  } finally {
    await stopSender();
    await closePrisma();
    await closePools();
    await closeInstance(instance);
  }
}
