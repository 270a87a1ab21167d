import "server-only";
import type { z } from "zod";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import { canonicalize } from "./canonical.ts";
import type { AuditEntry } from "./record.ts";
import type { JsonValue } from "./types.ts";

/** A setting by its key, with the schema's own defaults for what was never set. */
export async function readSetting<Schema extends z.ZodType>(tx: Tx, key: string, schema: Schema): Promise<z.output<Schema>> {
  const [row] = await tx.rows<{ value: unknown }>("SELECT value FROM settings WHERE key = $1::text", [key]);
  return schema.parse(row?.value ?? {});
}

/** Sets it. The caller records the event, which holds what it was and what it is; null where nothing changes. */
export async function changeSetting(tx: Tx, ctx: Ctx, key: string, value: JsonValue): Promise<AuditEntry<"setting.changed"> | null> {
  const [row] = await tx.rows<{ value: JsonValue }>("SELECT value FROM settings WHERE key = $1::text FOR UPDATE", [key]);
  const [before, after] = [row ? canonicalize(row.value) : null, canonicalize(value)];
  if (before === after) return null;
  await tx.rows(
    `INSERT INTO settings (key, value, updated_at, updated_by) VALUES ($1::text, $2::jsonb, $3::timestamptz, $4::uuid)
     ON CONFLICT (key) DO UPDATE SET value = $2::jsonb, updated_at = $3::timestamptz, updated_by = $4::uuid`,
    [key, after, ctx.now, userIdOf(ctx.actor)],
  );
  return { type: "setting.changed", subject: { kind: "setting", id: key, label: key }, data: { key, before, after } };
}
