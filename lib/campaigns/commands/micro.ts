import "server-only";
import { type AuditEntry, recordAudit } from "#lib/audit/record.ts";
import { changeSetting, readSetting } from "#lib/audit/settings.sql.ts";
import type { JsonValue } from "#lib/audit/types.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { notify } from "#lib/notifications/notify.sql.ts";
import {
  answeredSubjects,
  countWaits,
  findSubjects,
  keepStart,
  keepWaits,
  lockRule,
  type MicroWait,
  readWaits,
  startedInADay,
} from "../micro.sql.ts";
import {
  limitedWhy,
  MICRO_RULES,
  MICRO_SETTING,
  type MicroRule,
  type MicroRuleSettings,
  type MicroSubject,
  microInstructions,
  microName,
  microSettings,
  microWhy,
  nothingWhy,
  planMicro,
} from "../micro.ts";
import { openMicroCampaign } from "../micro-campaign.sql.ts";
import { type SetMicroRuleInput, setMicroRuleInput } from "../schema.ts";
import { oneInventory } from "../staging.sql.ts";

const DAY_MS = 86_400_000;
const WATCH_DAYS = 30;
export type MicroResult = { started: number; leftOut: number };

/**
 * What a sync brought, put before somebody who can judge it: a micro-campaign for each subject of each rule that is on, no more than the rule's
 * rate, and what that leaves out waits and is told. Once per rule, subject and run, however often the job comes.
 */
export async function startMicroCampaigns(ctx: Ctx, { runId }: { runId: string }): Promise<MicroResult> {
  authorize(ctx.actor, "campaign.follow_up");
  const { ownerUserId, rules } = await readSetting(reader, MICRO_SETTING, microSettings);
  const result = { started: 0, leftOut: 0 };
  if (ownerUserId === null) return result;
  for (const rule of MICRO_RULES.filter((each) => rules[each].isOn))
    await transactPg(ctx, async (tx, inner) => {
      await lockRule(tx, rule);
      await oneInventory(tx, inner);
      const settings = rules[rule];
      const answered = await answeredSubjects(tx, rule, runId);
      const found = await findSubjects(tx, rule, { runIds: [runId], maxItems: settings.maxItems });
      const fresh = found.filter(({ subjectId }) => !answered.has(subjectId));
      const pace = { startedInADay: await startedInADay(tx, rule, ctx.now), waiting: await countWaits(tx, rule) };
      const { start, leftOut } = planMicro(fresh, pace, settings);
      for (const subject of start) await startOne(tx, inner, { rule, settings, ownerUserId, subject });
      if (leftOut.length > 0) await recordAudit(tx, inner, await limit(tx, inner, { rule, settings, ownerUserId, runId, leftOut }));
      result.started += start.length;
      result.leftOut += leftOut.length;
    });
  return result;
}

/** What had to wait for its rule's rate, the longest first, as it stands now. Each starts once, or never where nothing of it is left. */
export async function startWaitingMicroCampaigns(ctx: Ctx): Promise<{ started: number; nothing: number }> {
  authorize(ctx.actor, "campaign.follow_up");
  const { ownerUserId, rules } = await readSetting(reader, MICRO_SETTING, microSettings);
  const result = { started: 0, nothing: 0 };
  if (ownerUserId === null) return result;
  for (const rule of MICRO_RULES.filter((each) => rules[each].isOn))
    await transactPg(ctx, async (tx, inner) => {
      await lockRule(tx, rule);
      const settings = rules[rule];
      const waits = await readWaits(tx, rule, Math.max(0, settings.perDay - (await startedInADay(tx, rule, ctx.now))));
      if (waits.length === 0) return;
      await oneInventory(tx, inner);
      const byRun = new Map<string, MicroSubject[]>();
      for (const runId of new Set(waits.map((wait) => wait.runId)))
        byRun.set(runId, await findSubjects(tx, rule, { runIds: [runId], maxItems: settings.maxItems }));
      for (const wait of waits) {
        const subject = byRun.get(wait.runId)?.find(({ subjectId }) => subjectId === wait.subjectId);
        if (subject) await startOne(tx, inner, { rule, settings, ownerUserId, subject });
        else await recordAudit(tx, inner, await endWait(tx, inner, rule, wait));
        result[subject ? "started" : "nothing"] += 1;
      }
    });
  return result;
}

async function endWait(tx: Tx, { now }: Ctx, rule: MicroRule, wait: MicroWait): Promise<AuditEntry<"micro_campaign.not_needed">> {
  const why = nothingWhy(wait.label);
  await keepStart(tx, { ...wait, rule, outcome: "nothing", campaignId: null, items: 0, why, now });
  const { subjectKind, subjectId, label, runId } = wait;
  return {
    type: "micro_campaign.not_needed",
    subject: { kind: "sync_run", id: runId, label },
    data: { rule, subjectKind, subjectId, runId },
    reason: why,
  };
}

type One = { rule: MicroRule; settings: MicroRuleSettings; ownerUserId: string; subject: MicroSubject };

async function startOne(tx: Tx, ctx: Ctx, { rule, settings, ownerUserId, subject }: One): Promise<void> {
  const why = microWhy(rule, subject);
  const opened = await openMicroCampaign(tx, ctx, {
    name: microName(rule, subject.label),
    cause: rule,
    sourceIds: subject.sourceIds,
    grantIds: subject.grantIds,
    instructions: `${why}\n\n${microInstructions(rule)}`,
    instructionsVersion: 1,
    zone: "UTC",
    ownerUserId,
    fallbackPersonId: null,
    dueAt: new Date(ctx.now.getTime() + settings.days * DAY_MS),
    watchDays: WATCH_DAYS,
    parentId: null,
    follows: [],
  });
  const { subjectKind, subjectId, label, runId, found } = subject;
  const { campaignId, items } = opened;
  await keepStart(tx, { rule, subjectKind, subjectId, label, runId, found, items, outcome: "started", campaignId, why, now: ctx.now });
  await recordAudit(tx, ctx, {
    type: "micro_campaign.started",
    subject: { kind: "campaign", id: campaignId, label: microName(rule, label) },
    data: { rule, subjectKind, subjectId, runId, campaignId, found, items },
    reason: why,
  });
  if (found > items) await tellLeftOut(tx, ctx, { ownerUserId, rule, runId, label, leftOut: found - items });
}

type Limit = Omit<One, "subject"> & { runId: string; leftOut: readonly MicroSubject[] };

/** One line for all that the rate left out: a burst must not write as much as it brings. The caller records the event. */
async function limit(
  tx: Tx,
  ctx: Ctx,
  { rule, settings, ownerUserId, runId, leftOut }: Limit,
): Promise<AuditEntry<"micro_campaign.limited">> {
  const found = leftOut.reduce((sum, each) => sum + each.found, 0);
  const label = leftOut.length === 1 ? (leftOut[0]?.label ?? "") : `${leftOut.length} subjects`;
  const why = limitedWhy(leftOut.length, found, settings.perDay);
  await keepWaits(tx, rule, leftOut, ctx.now);
  await tellLeftOut(tx, ctx, { ownerUserId, rule, runId, label, leftOut: found });
  const data = { rule, runId, subjects: leftOut.length, found };
  return { type: "micro_campaign.limited", subject: { kind: "sync_run", id: runId, label }, data, reason: why };
}

type LeftOut = { ownerUserId: string; rule: MicroRule; runId: string; label: string; leftOut: number };

async function tellLeftOut(tx: Tx, ctx: Ctx, { ownerUserId, rule, runId, label, leftOut }: LeftOut): Promise<void> {
  const about = { kind: "sync_run", id: runId, label } as const;
  await notify(tx, ctx, { kind: "micro_limited", to: { userId: ownerUserId }, about, key: `micro:${rule}:${runId}`, data: { leftOut } });
}

/** Switches a rule on or off, or gives it another rate. Whoever switches the first one on owns what the rules start. */
export async function setMicroRule(ctx: Ctx, input: SetMicroRuleInput): Promise<void> {
  authorize(ctx.actor, "campaign.manage");
  const { rule, isOn, days, perDay, maxItems } = setMicroRuleInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const settings = await readSetting(tx, MICRO_SETTING, microSettings);
    const ownerUserId = settings.ownerUserId ?? userIdOf(ctx.actor);
    if (isOn && ownerUserId === null) throw precondition("Somebody owns what the rule starts: sign in first.");
    const next = { ownerUserId, rules: { ...settings.rules, [rule]: { isOn, days, perDay, maxItems } } };
    const event = await changeSetting(tx, ctx, MICRO_SETTING, next as unknown as JsonValue);
    if (event) await recordAudit(tx, ctx, event);
  });
}
