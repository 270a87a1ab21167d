import "server-only";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { missedBecause, nextCycles } from "./cycles.ts";
import { instantSql } from "./item-rows.sql.ts";
import type { CycleRow, SavedScopeRow, TemplatePage, TemplateRow } from "./plan-types.ts";
import { type TemplateBody, templateBody } from "./template.ts";
import type { CampaignState } from "./types.ts";

export type TemplateRecord = { id: string; name: string; version: number; body: TemplateBody; cyclesFrom: Date; retiredAt: Date | null };

/** The template with the version in force, locked against every other change and against its next cycle. */
export async function lockTemplate(tx: Tx, templateId: string): Promise<TemplateRecord> {
  const [row] = await tx.rows<Omit<TemplateRecord, "body"> & { body: unknown }>(
    `SELECT t.id, t.name, t.version, v.body, t.cycles_from AS "cyclesFrom", t.retired_at AS "retiredAt"
     FROM campaign_templates t JOIN campaign_template_versions v ON v.template_id = t.id AND v.version = t.version
     WHERE t.id = $1::uuid FOR NO KEY UPDATE OF t`,
    [templateId],
  );
  if (!row) throw notFound("Template", templateId);
  return { ...row, body: templateBody.parse(row.body) };
}

export const templateSubject = ({ id, name }: { id: string; name: string }) => ({ kind: "campaign_template", id, label: name });
export const bodyDigest = (body: TemplateBody): string => Buffer.from(canonicalDigest(body)).toString("hex");

export async function insertVersion(
  tx: Tx,
  ctx: Ctx,
  version: { templateId: string; version: number; body: TemplateBody; madeBy: "form" | "file" },
): Promise<void> {
  await tx.rows(
    `INSERT INTO campaign_template_versions (template_id, version, body, digest, made_by, user_id, made_at)
     VALUES ($1::uuid, $2::int, $3::jsonb, $4::text, $5::text, $6::uuid, $7::timestamptz)`,
    [
      version.templateId,
      version.version,
      JSON.stringify(version.body),
      bodyDigest(version.body),
      version.madeBy,
      userIdOf(ctx.actor),
      ctx.now,
    ],
  );
}

/** The template of that name that is not retired. */
export async function findTemplate(tx: Tx, name: string): Promise<string | null> {
  const [row] = await tx.rows<{ id: string }>(`SELECT id FROM campaign_templates WHERE name = $1::text AND retired_at IS NULL`, [name]);
  return row?.id ?? null;
}

/** Templates that may have a cycle due. */
export async function listRecurring(): Promise<string[]> {
  const rows = await reader.rows<{ id: string }>(
    `SELECT t.id FROM campaign_templates t JOIN campaign_template_versions v ON v.template_id = t.id AND v.version = t.version
     WHERE t.retired_at IS NULL AND v.body -> 'recurrence' <> 'null' ORDER BY t.id`,
  );
  return rows.map(({ id }) => id);
}

const SHOWN_CYCLES = 4;

const planned = (body: TemplateBody, now: Date): string[] =>
  body.recurrence ? nextCycles(body.recurrence, body.zone, now, SHOWN_CYCLES).map((at) => at.toISOString()) : [];

export async function listTemplates(scope: CampaignScope, now: Date): Promise<TemplateRow[]> {
  const rows = await reader.rows<{ id: string; body: unknown; version: number; ownerName: string | null; cycles: number }>(
    `SELECT t.id, v.body, t.version, u.display_name AS "ownerName", (SELECT count(*)::int FROM campaign_cycles c WHERE c.template_id = t.id) AS cycles
     FROM campaign_templates t JOIN campaign_template_versions v ON v.template_id = t.id AND v.version = t.version
     LEFT JOIN app_users u ON u.id = (v.body ->> 'ownerUserId')::uuid
     WHERE t.retired_at IS NULL AND $1::uuid IS NULL ORDER BY t.name COLLATE "C", t.id`,
    [scope.reviewerId],
  );
  const missed = await countUnexplained(now);
  return rows.map(({ id, body, version, ownerName, cycles }) => {
    const { name, recurrence, zone } = templateBody.parse(body);
    const nextAt = planned(templateBody.parse(body), now)[0] ?? null;
    return { id, name, version, ownerName, zone, every: recurrence?.every ?? null, nextAt, cycles, unexplained: missed.get(id) ?? 0 };
  });
}

type CycleRecord = {
  templateId: string;
  cycleAt: string;
  version: number;
  campaign: { id: string; name: string; state: CampaignState; launchedAt: string | null; signedOffAt: string | null } | null;
  nextAt: string | null;
  reason: string | null;
  reasonBy: string | null;
  reasonAt: string | null;
};

const CYCLES = `SELECT y.template_id AS "templateId", ${instantSql("y.cycle_at")} AS "cycleAt", y.version,
    CASE WHEN c.id IS NOT NULL THEN jsonb_build_object('id', c.id, 'name', c.name, 'state', c.state, 'launchedAt', ${instantSql("c.launched_at")},
      'signedOffAt', ${instantSql("c.signed_off_at")}) END AS campaign,
    ${instantSql("lead(y.cycle_at) OVER (PARTITION BY y.template_id ORDER BY y.cycle_at)")} AS "nextAt",
    y.reason, u.display_name AS "reasonBy", ${instantSql("y.reason_at")} AS "reasonAt"
  FROM campaign_cycles y LEFT JOIN campaigns c ON c.id = y.campaign_id LEFT JOIN app_users u ON u.id = y.reason_by`;

function cycleRow({ templateId: _, ...row }: CycleRecord, now: Date): CycleRow {
  const { campaign, nextAt } = row;
  const facts = {
    campaign: campaign && { state: campaign.state, launchedAt: campaign.launchedAt ? new Date(campaign.launchedAt) : null },
    nextAt: nextAt ? new Date(nextAt) : null,
  };
  return { ...row, missedBecause: missedBecause(facts, now) };
}

/** The cycles of a template that were due, the newest first. */
export async function readCycles(tx: Tx, templateId: string, now: Date): Promise<CycleRow[]> {
  const rows = await tx.rows<CycleRecord>(`${CYCLES} WHERE y.template_id = $1::uuid ORDER BY y.cycle_at DESC`, [templateId]);
  return rows.map((row) => cycleRow(row, now));
}

async function countUnexplained(now: Date): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const row of await reader.rows<CycleRecord>(CYCLES))
    if (row.reason === null && cycleRow(row, now).missedBecause !== null) counts.set(row.templateId, (counts.get(row.templateId) ?? 0) + 1);
  return counts;
}

export async function getTemplate(scope: CampaignScope, templateId: string, now: Date): Promise<TemplatePage | null> {
  const [row] = await reader.rows<
    { version: number; body: unknown; digest: string; ownerName: string | null; fallbackName: string | null } & Pick<
      TemplatePage,
      "madeBy" | "madeByName" | "madeAt" | "retiredAt"
    >
  >(
    `SELECT t.version, v.body, v.digest, v.made_by AS "madeBy", m.display_name AS "madeByName", ${instantSql("v.made_at")} AS "madeAt",
       ${instantSql("t.retired_at")} AS "retiredAt", u.display_name AS "ownerName", p.name AS "fallbackName"
     FROM campaign_templates t JOIN campaign_template_versions v ON v.template_id = t.id AND v.version = t.version
     LEFT JOIN app_users u ON u.id = (v.body ->> 'ownerUserId')::uuid LEFT JOIN app_users m ON m.id = v.user_id
     LEFT JOIN people p ON p.id = (v.body ->> 'fallbackPersonId')::uuid
     WHERE t.id = $1::uuid AND $2::uuid IS NULL`,
    [templateId, scope.reviewerId],
  );
  if (!row) return null;
  const body = templateBody.parse(row.body);
  return { id: templateId, ...row, body, next: row.retiredAt ? [] : planned(body, now), cycles: await readCycles(reader, templateId, now) };
}

export async function listSavedScopes(scope: CampaignScope): Promise<SavedScopeRow[]> {
  return reader.rows<SavedScopeRow>(
    `SELECT s.id, s.name, s.scope, u.display_name AS "createdBy" FROM saved_scopes s LEFT JOIN app_users u ON u.id = s.created_by
     WHERE s.retired_at IS NULL AND $1::uuid IS NULL ORDER BY s.name COLLATE "C", s.id`,
    [scope.reviewerId],
  );
}
