import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid, precondition } from "#lib/errors/domain-error.ts";
import { requireFallback, requireOwner, requireSources } from "../setup.sql.ts";
import { bodyDigest, findTemplate, insertVersion, lockTemplate, templateSubject } from "../template.sql.ts";
import { type SaveTemplateInput, saveTemplateInput, type TemplateBody, type TemplateInput, templateInput } from "../template.ts";

export type SavedTemplate = { templateId: string; version: number; isChanged: boolean };

/** Makes a template, or a new version of it; the campaigns made before keep the version that they were made from. */
export async function saveTemplate(ctx: Ctx, input: SaveTemplateInput, madeBy: "form" | "file" = "form"): Promise<SavedTemplate> {
  authorize(ctx.actor, "campaign.manage");
  const { templateId, body: given } = saveTemplateInput.parse(input);
  const ownerUserId = given.ownerUserId ?? userIdOf(ctx.actor);
  if (ownerUserId === null)
    throw invalid("Name the owner: a user with the role campaign manager.", { ownerUserId: "Who signs its campaigns off?" });
  const body: TemplateBody = { ...given, ownerUserId };
  return transactPg(ctx, async (tx) => {
    await requireSources(tx, body.scope);
    await requireFallback(tx, body.fallbackPersonId);
    await requireOwner(tx, ownerUserId);
    await tx.rows("SELECT pg_advisory_xact_lock(hashtextextended('campaign-template:' || $1::text, 0))", [body.name]);
    const namesake = await findTemplate(tx, body.name);
    if (namesake && namesake !== templateId && (templateId || madeBy === "form"))
      throw invalid("There is a template of this name already.", { name: "Choose another name, or change that template." });
    const found = templateId ?? namesake;
    const before = found ? await lockTemplate(tx, found) : null;
    if (before?.retiredAt) throw precondition("This template is retired. Make a new one.");
    if (before && bodyDigest(before.body) === bodyDigest(body)) return { templateId: before.id, version: before.version, isChanged: false };
    const saved = before ? await nextVersion(tx, ctx, before, body) : await firstVersion(tx, ctx, body);
    await insertVersion(tx, ctx, { ...saved, body, madeBy });
    await recordAudit(tx, ctx, {
      type: "campaign_template.saved",
      subject: templateSubject({ id: saved.templateId, name: body.name }),
      data: { version: saved.version, digest: bodyDigest(body), madeBy, recurs: body.recurrence !== null },
    });
    return { ...saved, isChanged: true };
  });
}

type Tx = Parameters<typeof lockTemplate>[0];
type Saved = { templateId: string; version: number };

async function firstVersion(tx: Tx, ctx: Ctx, body: TemplateBody): Promise<Saved> {
  const [made] = await tx.rows<Saved>(
    `INSERT INTO campaign_templates (name, version, created_at, cycles_from) VALUES ($1::text, 1, $2::timestamptz, $2::timestamptz)
     RETURNING id AS "templateId", version`,
    [body.name, ctx.now],
  );
  if (!made) throw new Error("The template was not written.");
  return made;
}

/** Another recurrence counts from now on: it makes no cycle of the past due. */
async function nextVersion(tx: Tx, ctx: Ctx, before: { id: string; body: TemplateBody }, body: TemplateBody): Promise<Saved> {
  const recursAnew = JSON.stringify([before.body.recurrence, before.body.zone]) !== JSON.stringify([body.recurrence, body.zone]);
  const [moved] = await tx.rows<Saved>(
    `UPDATE campaign_templates SET name = $2::text, version = version + 1, cycles_from = CASE WHEN $3::boolean THEN $4::timestamptz ELSE cycles_from END
     WHERE id = $1::uuid RETURNING id AS "templateId", version`,
    [before.id, body.name, recursAnew, ctx.now],
  );
  if (!moved) throw new Error("The template was not written.");
  return moved;
}

/** No further cycles; what it made, and what is still to be explained of it, stays. */
export async function retireTemplate(ctx: Ctx, input: TemplateInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const { templateId } = templateInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const template = await lockTemplate(tx, templateId);
    if (template.retiredAt) throw precondition("This template is retired already.");
    await tx.rows(`UPDATE campaign_templates SET retired_at = $2::timestamptz WHERE id = $1::uuid`, [templateId, ctx.now]);
    await recordAudit(tx, ctx, {
      type: "campaign_template.retired",
      subject: templateSubject(template),
      data: { version: template.version },
    });
  });
}
