import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid, notFound } from "#lib/errors/domain-error.ts";
import { requireSources, scopeDigest } from "../setup.sql.ts";
import { type RetireScopeInput, retireScopeInput, type SaveScopeInput, saveScopeInput } from "../template.ts";

/** Keeps a scope under a name. A campaign takes a copy: changing the query later changes no campaign. */
export async function saveScope(ctx: Ctx, input: SaveScopeInput): Promise<{ savedScopeId: string }> {
  authorize(ctx.actor, "campaign.manage");
  const { name, scope } = saveScopeInput.parse(input);
  return transactPg(ctx, async (tx) => {
    await requireSources(tx, scope);
    const [row] = await tx.rows<{ id: string }>(
      `INSERT INTO saved_scopes (name, scope, created_by, created_at) VALUES ($1::text, $2::jsonb, $3::uuid, $4::timestamptz)
       ON CONFLICT (name) WHERE retired_at IS NULL DO NOTHING RETURNING id`,
      [name, JSON.stringify(scope), userIdOf(ctx.actor), ctx.now],
    );
    if (!row) throw invalid("There is a saved query of this name already.", { name: "Choose another name." });
    await recordAudit(tx, ctx, {
      type: "saved_scope.saved",
      subject: { kind: "saved_scope", id: row.id, label: name },
      data: { scopeDigest: scopeDigest(scope) },
    });
    return { savedScopeId: row.id };
  });
}

export async function retireScope(ctx: Ctx, input: RetireScopeInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const { savedScopeId } = retireScopeInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const [row] = await tx.rows<{ name: string }>(
      `UPDATE saved_scopes SET retired_at = $2::timestamptz WHERE id = $1::uuid AND retired_at IS NULL RETURNING name`,
      [savedScopeId, ctx.now],
    );
    if (!row) throw notFound("Saved query", savedScopeId);
    await recordAudit(tx, ctx, {
      type: "saved_scope.retired",
      subject: { kind: "saved_scope", id: savedScopeId, label: row.name },
      data: {},
    });
  });
}
