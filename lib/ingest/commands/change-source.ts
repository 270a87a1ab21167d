import "server-only";
import { isDeepStrictEqual } from "node:util";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireConfirmation } from "#lib/authz/step-up.ts";
import { openSecret, sealSecret, secretOf } from "#lib/connectors/secrets.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict, invalid, precondition } from "#lib/errors/domain-error.ts";
import { configDigest } from "../digest.ts";
import { type ChangeSourceInput, changeSourceInput } from "../schema.ts";
import { checkSettings } from "../settings.ts";
import { lockSource, subjectOf } from "../source-row.sql.ts";

/** Changes what is given and leaves the rest; answers with the names of the fields that differ now. */
export async function changeSource(ctx: Ctx, given: ChangeSourceInput): Promise<{ fields: string[] }> {
  authorize(ctx.actor, "source.manage");
  const { sourceId, secret, ...input } = changeSourceInput.parse(given);
  if (secret) requireConfirmation(ctx.actor);
  return transactPg(ctx, async (tx, inner) => {
    const source = await lockSource(tx, sourceId);
    if (source.state === "retired") throw precondition("A retired source is not changed any more.");
    const kept = source.secret ? openSecretOrNothing(source.id, source.secret) : undefined;
    const config = input.config || secret ? await checkSettings(source.kind, input.config ?? source.config, secret ?? kept) : undefined;
    if (kept && !secret && input.config) refuseElsewhere(source.config as Record<string, unknown>, input.config);
    const fields = [...Object.keys(input), ...(secret ? ["secret"] : [])].sort();
    const changed = await tx.rows(
      `UPDATE sources SET name = coalesce($2::text, name), config = coalesce($3::jsonb, config), secret = coalesce($4::bytea, secret),
           drop_threshold = coalesce($5::int, drop_threshold), is_people_source = coalesce($6::boolean, is_people_source)
         WHERE id = $1::uuid AND NOT EXISTS (SELECT FROM sources o WHERE o.name = $2::text AND o.id <> $1::uuid) RETURNING id`,
      [
        sourceId,
        input.name ?? null,
        config && input.config ? JSON.stringify(config) : null,
        secret ? sealSecret(secretOf(sourceId), secret) : null,
        input.dropThreshold ?? null,
        input.isPeopleSource ?? null,
      ],
    );
    if (changed.length === 0) throw conflict(`There is a source called ${input.name} already.`);
    await recordAudit(tx, inner, {
      type: "source.changed",
      subject: subjectOf(source),
      data: { fields, configDigest: configDigest(source.kind, config ?? source.config) },
    });
    return { fields };
  });
}

/** Settings that say to whom a secret is shown. */
const ADDRESSEE = ["host", "port", "user", "database", "tls", "way", "region", "endpoint", "role"] as const;

/** A kept secret goes to whom it was entered for and to nobody else: whoever may change settings need not be whoever knows it. */
function refuseElsewhere(before: Record<string, unknown>, after: Record<string, unknown>): void {
  const moved = ADDRESSEE.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  if (moved.length === 0) return;
  const sentence = "Enter the secret again: these settings would show the stored one to another place.";
  throw invalid(sentence, { "secret.password": sentence, ...Object.fromEntries(moved.map((name) => [`config.${name}`, "changed"])) });
}

/** A secret under a lost key must not keep anybody from entering a new one. */
function openSecretOrNothing(sourceId: string, envelope: Buffer): unknown {
  try {
    return openSecret(secretOf(sourceId), envelope);
  } catch {
    return undefined;
  }
}
