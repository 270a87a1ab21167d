import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireConfirmation } from "#lib/authz/step-up.ts";
import { sealSecret, secretOf } from "#lib/connectors/secrets.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict, invalid } from "#lib/errors/domain-error.ts";
import { configDigest } from "../digest.ts";
import { nextRun, scheduleProblem } from "../schedule.ts";
import { type AddSourceInput, addSourceInput } from "../schema.ts";
import { checkSettings } from "../settings.ts";
import { subjectOf } from "../source-row.sql.ts";

/** Adds a source; nothing is read from it yet. */
export async function addSource(ctx: Ctx, given: AddSourceInput): Promise<{ sourceId: string }> {
  authorize(ctx.actor, "source.manage");
  const input = addSourceInput.parse(given);
  if (input.secret) requireConfirmation(ctx.actor);
  const config = await checkSettings(input.kind, input.config, input.secret);
  const problem = input.schedule === null ? null : scheduleProblem(input.schedule, input.scheduleZone, ctx.now);
  if (problem) throw invalid(problem, { schedule: problem });
  return transactPg(ctx, async (tx, inner) => {
    const [made] = await tx.rows<{ id: string }>(
      `INSERT INTO sources (name, kind, config, schedule, schedule_zone, next_run_at, drop_threshold, is_people_source, owner_user_id, created_at, created_by)
       VALUES ($1::text, $2::text, $3::jsonb, $4::text, $5::text, $6::timestamptz, $7::int, $8::boolean, $9::uuid, $10::timestamptz, $9::uuid)
       ON CONFLICT (name) DO NOTHING RETURNING id`,
      [
        input.name,
        input.kind,
        JSON.stringify(config),
        input.schedule,
        input.scheduleZone,
        input.schedule === null ? null : (nextRun(input.schedule, input.scheduleZone, ctx.now)?.toISOString() ?? null),
        input.dropThreshold,
        input.isPeopleSource,
        userIdOf(ctx.actor),
        ctx.now.toISOString(),
      ],
    );
    if (!made) throw conflict(`There is a source called ${input.name} already.`);
    if (input.secret) {
      await tx.rows("UPDATE sources SET secret = $2::bytea WHERE id = $1::uuid", [made.id, sealSecret(secretOf(made.id), input.secret)]);
    }
    await recordAudit(tx, inner, {
      type: "source.added",
      subject: subjectOf({ id: made.id, name: input.name }),
      data: { kind: input.kind, configDigest: configDigest(input.kind, config) },
    });
    return { sourceId: made.id };
  });
}
