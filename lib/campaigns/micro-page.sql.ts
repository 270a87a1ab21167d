import "server-only";
import { readSetting } from "#lib/audit/settings.sql.ts";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { findSubjects } from "./micro.sql.ts";
import { MICRO_RULES, MICRO_SETTING, type MicroRule, type MicroSettings, microSettings } from "./micro.ts";
import type { CampaignState } from "./types.ts";

const LIMIT = 200;
/** How far the look back goes. */
export const PREVIEW_DAYS = 30;
const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export type MicroPreview = { rule: MicroRule; subjects: number; grants: number };

/** What each rule would have had to do with in the last days, as it is now and without its rate; nothing is written. */
export async function previewMicro(_scope: CampaignScope, now: Date): Promise<MicroPreview[]> {
  const runs = await reader.rows<{ id: string }>(
    `SELECT id FROM sync_runs WHERE state = 'APPLIED' AND started_at > $1::timestamptz - make_interval(days => ${PREVIEW_DAYS}) ORDER BY id`,
    [now],
  );
  const runIds = runs.map(({ id }) => id);
  const previews: MicroPreview[] = [];
  for (const rule of MICRO_RULES) {
    const found = await findSubjects(reader, rule, { runIds, maxItems: 1, alsoEnded: true });
    previews.push({ rule, subjects: found.length, grants: found.reduce((sum, each) => sum + each.found, 0) });
  }
  return previews;
}

export type MicroStartRow = {
  id: string;
  rule: string;
  outcome: "started" | "limited" | "nothing";
  why: string;
  /** Started by no rule of these, but as the sequel of what was decided. */
  isFollowUp: boolean;
  at: string;
  found: number;
  items: number;
  campaign: { id: string; name: string; state: CampaignState; dueAt: string; open: number } | null;
};

/** Micro-campaigns, newest first, with why each was started, and what a rate left out; follow-ups of earlier campaigns too. */
export async function listMicroStarts(_scope: CampaignScope): Promise<MicroStartRow[]> {
  return reader.rows<MicroStartRow>(
    `WITH all_starts AS (
       SELECT m.id, m.rule, m.outcome, m.why, m.at, m.found, m.items, m.campaign_id, false AS follows FROM micro_starts m
       UNION ALL
       SELECT c.id, c.cause, 'started', 'Follow-up of ' || p.name, c.created_at, coalesce(o.item_count, 0)::int, coalesce(o.item_count, 0)::int, c.id, true
       FROM campaigns c JOIN campaigns p ON p.id = c.parent_id LEFT JOIN populations o ON o.campaign_id = c.id WHERE c.cause IS NOT NULL)
     SELECT a.id, a.rule, a.outcome, a.why, ${instant("a.at")} AS at, a.found, a.items, a.follows AS "isFollowUp",
       CASE WHEN c.id IS NOT NULL THEN jsonb_build_object('id', c.id, 'name', c.name, 'state', c.state, 'dueAt', ${instant("c.due_at")},
         'open', (SELECT count(*) FROM items i WHERE i.campaign_id = c.id AND i.state IN ('UNASSIGNED', 'ASSIGNED', 'DRAFTED'))) END AS campaign
     FROM (SELECT * FROM all_starts ORDER BY at DESC, id DESC LIMIT ${LIMIT}) a LEFT JOIN campaigns c ON c.id = a.campaign_id
     ORDER BY a.at DESC, a.id DESC`,
  );
}

export async function readMicroSettings(_scope: CampaignScope): Promise<{ settings: MicroSettings; ownerName: string | null }> {
  const settings = await readSetting(reader, MICRO_SETTING, microSettings);
  const [owner] = await reader.rows<{ name: string }>("SELECT display_name AS name FROM app_users WHERE id = $1::uuid", [
    settings.ownerUserId,
  ]);
  return { settings, ownerName: owner?.name ?? null };
}
