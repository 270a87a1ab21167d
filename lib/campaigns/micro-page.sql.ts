import "server-only";
import { readSetting } from "#lib/audit/settings.sql.ts";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { countWaits, findSubjects, WAITING } from "./micro.sql.ts";
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

type LookBack = { at: string; previews: MicroPreview[] };
type Kept = { day: string; counted: Promise<LookBack> };
const KEPT = Symbol.for("countersign.micro.look-back");
const processWide = globalThis as { [KEPT]?: Kept };

/** The same, once a day and process: it reads a month of runs, and nobody switches a rule on by the minute. */
export function readLookBack(scope: CampaignScope, now: Date): Promise<LookBack> {
  const day = now.toISOString().slice(0, "2026-11-28".length);
  const kept = processWide[KEPT];
  if (kept?.day === day) return kept.counted;
  const counted = previewMicro(scope, now).then((previews) => ({ at: now.toISOString(), previews }));
  const fresh = { day, counted };
  processWide[KEPT] = fresh;
  // What failed is counted again by whoever asks next.
  counted.catch(() => {
    if (processWide[KEPT] === fresh) delete processWide[KEPT];
  });
  return counted;
}

export type MicroWaitRow = { rule: MicroRule; subjectId: string; runId: string; label: string; found: number; at: string };
/** `next` is when the rule may start one again; null where it may now. */
export type MicroWaits = { rule: MicroRule; of: number; next: string | null; rows: MicroWaitRow[] };
const WAITS_SHOWN = 50;

/** What a rule's rate keeps waiting, the longest first, and from when on it may start the next. */
export async function listMicroWaits(_scope: CampaignScope, { rules }: MicroSettings, now: Date): Promise<MicroWaits[]> {
  const found: MicroWaits[] = [];
  for (const rule of MICRO_RULES) {
    const of = await countWaits(reader, rule);
    if (of === 0) continue;
    const rows = await reader.rows<MicroWaitRow>(
      `SELECT w.rule, w.subject_id AS "subjectId", w.run_id AS "runId", w.subject_label AS label, w.found, ${instant("w.at")} AS at FROM micro_waits w
       WHERE w.rule = $1::text AND ${WAITING} ORDER BY w.at, w.subject_label COLLATE "C", w.subject_id, w.run_id LIMIT ${WAITS_SHOWN}`,
      [rule],
    );
    // Of the last starts that fill the day, the oldest makes room first.
    const [oldest] = await reader.rows<{ next: string }>(
      `SELECT ${instant("(s.at + interval '24 hours')")} AS next FROM micro_starts s
       WHERE s.rule = $1::text AND s.outcome = 'started' AND s.at > $2::timestamptz - interval '24 hours' ORDER BY s.at DESC OFFSET $3::int LIMIT 1`,
      [rule, now, rules[rule].perDay - 1],
    );
    found.push({ rule, of, next: oldest?.next ?? null, rows });
  }
  return found;
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
