import { randomUUID } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ensureFirstAdministratorCode } from "#lib/auth/commands/invitations.ts";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { closePools } from "#lib/db/pool.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { env } from "#lib/env.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { demoSignIns } from "./demo/cast.ts";
import { seedDemo } from "./demo.ts";

/**
 * Runs at every start and ends at once where there is nothing to do. The demo is made by the product's own commands; an empty instance gets
 * the one-time code that creates its first administrator.
 */
const actor: Actor = { kind: "system", label: "first start", authentication: { method: "none" } };
const ctx: Ctx = { actor, now: new Date(), requestId: `seed-${randomUUID()}` };
const inFolder = (name: string) => path.join(env().COUNTERSIGN_DATA_DIR, name);

try {
  if (env().COUNTERSIGN_DEMO) {
    const isNew = await seedDemo(ctx.now, (line) => console.error(line));
    const file = inFolder("demo-sign-ins.json");
    if (isNew || !existsSync(file)) writeFileSync(file, JSON.stringify(demoSignIns()), { mode: 0o600 });
  } else {
    const code = await ensureFirstAdministratorCode(ctx);
    const file = inFolder("first-visit.txt");
    if (code) {
      const page = new URL(`/welcome?code=${code}`, env().APP_ORIGIN).href;
      writeFileSync(file, `Nobody administers this instance yet. Open ${page} (the code in it works once).\n`, { mode: 0o600 });
    } else if (existsSync(file)) rmSync(file);
  }
} finally {
  await stopSender();
  await closePrisma();
  await closePools();
}
process.exit();
