import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DomainError, notFound, precondition } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { DEFAULT_RISK_PARAMETERS, policyDigest } from "#lib/policy/risk.ts";
import { campaignSubject, moveCampaign } from "../campaign.sql.ts";
import { cyclesBetween, dayOf, dueAfter } from "../cycles.ts";
import { createdData, insertCampaign, requireFallback, requireOwner, requireSources } from "../setup.sql.ts";
import { lockTemplate, readCycles, type TemplateRecord, templateSubject } from "../template.sql.ts";
import { type ExplainCycleInput, explainCycleInput, type TemplateInput, templateInput } from "../template.ts";

export type StartedCycles = { campaignId: string | null; missed: number };

/**
 * What is due of a template: of the latest start a campaign is made, in DRAFT, and its freeze is queued. Earlier ones that nothing ran for, and one
 * that cannot be made, are cycles without a campaign: each takes a reason. Run again it finds nothing due.
 */
export async function startCycles(ctx: Ctx, input: TemplateInput): Promise<StartedCycles> {
  authorize(ctx.actor, "campaign.recur");
  const { templateId } = templateInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const template = await lockTemplate(tx, templateId);
    const due = template.retiredAt ? [] : await dueCycles(tx, template, ctx.now);
    const current = due.at(-1);
    if (!current) return { campaignId: null, missed: 0 };
    const problem = await whyNot(tx, template);
    const missed = problem ? due : due.slice(0, -1);
    for (const cycleAt of missed) {
      await insertCycle(tx, template, cycleAt, null);
      await recordAudit(tx, ctx, {
        type: "campaign_cycle.missed",
        subject: templateSubject(template),
        data: { templateId, cycleAt: cycleAt.toISOString(), cause: problem && cycleAt === current ? "cannot_be_made" : "nothing_ran" },
        reason: cycleAt === current ? problem : null,
      });
    }
    if (problem) return { campaignId: null, missed: missed.length };
    const setup = setupOf(template, current);
    const made = await insertCampaign(tx, ctx, setup, { templateId, version: template.version, cycleAt: current });
    await insertCycle(tx, template, current, made.id);
    await recordAudit(tx, ctx, { type: "campaign.created", subject: campaignSubject(made), data: createdData(setup) });
    await recordAudit(tx, ctx, {
      type: "campaign_cycle.started",
      subject: templateSubject(template),
      data: { templateId, cycleAt: current.toISOString(), version: template.version, campaignId: made.id },
    });
    const digest = policyDigest(DEFAULT_RISK_PARAMETERS);
    await moveCampaign(tx, { id: made.id, state: "DRAFT" }, "COLLECTING", { sql: "policy_digest = $4::text", values: [digest] });
    await enqueue(tx, "campaign.stage", { campaignId: made.id }, { key: made.id });
    await recordAudit(tx, ctx, { type: "campaign.collecting", subject: campaignSubject(made), data: { policyDigest: digest } });
    return { campaignId: made.id, missed: missed.length };
  });
}

/** Why a cycle was missed, once and for good: it stands in the evidence of the cycles before and after. */
export async function explainCycle(ctx: Ctx, input: ExplainCycleInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const { templateId, cycleAt, reason } = explainCycleInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const template = await lockTemplate(tx, templateId);
    const cycle = (await readCycles(tx, templateId, ctx.now)).find((row) => Date.parse(row.cycleAt) === Date.parse(cycleAt));
    if (!cycle) throw notFound("Cycle", cycleAt);
    if (cycle.missedBecause === null) throw precondition("This cycle was not missed: there is nothing to explain.");
    if (cycle.reason !== null) throw precondition("A reason was given already, and it does not change.");
    await tx.rows(
      `UPDATE campaign_cycles SET reason = $3::text, reason_by = $4::uuid, reason_at = $5::timestamptz WHERE template_id = $1::uuid AND cycle_at = $2::timestamptz`,
      [templateId, cycleAt, reason, userIdOf(ctx.actor), ctx.now],
    );
    await recordAudit(tx, ctx, {
      type: "campaign_cycle.explained",
      subject: templateSubject(template),
      data: { templateId, cycleAt: cycle.cycleAt, cause: cycle.missedBecause },
      reason,
    });
  });
}

async function dueCycles(tx: Tx, template: TemplateRecord, now: Date): Promise<Date[]> {
  const { recurrence, zone } = template.body;
  if (!recurrence) return [];
  const [last] = await tx.rows<{ at: Date | null }>(`SELECT max(cycle_at) AS at FROM campaign_cycles WHERE template_id = $1::uuid`, [
    template.id,
  ]);
  const after = last?.at && last.at > template.cyclesFrom ? last.at : template.cyclesFrom;
  return cyclesBetween(recurrence, zone, after, now);
}

/** In words, why no campaign can be made of the template as things stand; null where one can. */
async function whyNot(tx: Tx, { body }: TemplateRecord): Promise<string | null> {
  try {
    await requireSources(tx, body.scope);
    await requireFallback(tx, body.fallbackPersonId);
    await requireOwner(tx, body.ownerUserId);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

async function insertCycle(tx: Tx, { id, version }: TemplateRecord, cycleAt: Date, campaignId: string | null): Promise<void> {
  await tx.rows(
    `INSERT INTO campaign_cycles (template_id, cycle_at, version, campaign_id) VALUES ($1::uuid, $2::timestamptz, $3::int, $4::uuid)`,
    [id, cycleAt, version, campaignId],
  );
}

function setupOf({ body }: TemplateRecord, cycleAt: Date) {
  const { name, scope, plan, instructions, zone, ownerUserId, fallbackPersonId, watchDays, dueDays, dueTime } = body;
  const dueAt = dueAfter(cycleAt, dueDays, dueTime, zone).toISOString();
  return { name: `${name}, ${dayOf(cycleAt, zone)}`, scope, plan, instructions, zone, ownerUserId, fallbackPersonId, watchDays, dueAt };
}
