import type { Fact } from "./types.ts";

/** A session as the lanes need it: whose, from when to when, and from whose session it was elevated. */
export type LaneSession = {
  id: string;
  identity: string;
  identityId: string | null;
  source: string;
  startedAt: string;
  lastActiveAt: string | null;
  isNow: boolean;
  privileged: Fact;
  /** The identity that elevated itself into this session, where the log tells. */
  elevatedFrom: string | null;
};

/** Shares of the span, 0 to 1. */
export type LaneBar = { id: string; from: number; to: number; privileged: Fact; isNow: boolean; label: string };
export type LaneMark = { id: string; at: number; label: string };
export type Lane = { name: string; identityId: string | null; source: string; bars: LaneBar[]; marks: LaneMark[] };

const MAX_LANES = 12;

/**
 * One lane an identity: its sessions as bars cut at the span, each elevation a mark on the lane of who elevated themselves. Who elevated most
 * comes first, then who has most sessions; answers with how many identities are left out.
 */
export function lanesOf(sessions: readonly LaneSession[], from: number, until: number): { lanes: Lane[]; left: number } {
  const lanes = new Map<string, Lane>();
  const laneFor = (name: string, source: string, identityId: string | null): Lane => {
    const lane = lanes.get(`${source}\n${name}`) ?? { name, identityId: null, source, bars: [], marks: [] };
    lane.identityId ??= identityId;
    lanes.set(`${source}\n${name}`, lane);
    return lane;
  };
  const share = (at: number) => Math.min(1, Math.max(0, (at - from) / (until - from)));
  for (const session of sessions) {
    const began = Date.parse(session.startedAt);
    const ended = session.isNow ? until : Math.max(began, Date.parse(session.lastActiveAt ?? session.startedAt));
    if (ended < from || began >= until) continue;
    const { id, identity, source, privileged, isNow } = session;
    const bar = { id, from: share(began), to: share(ended), privileged, isNow, label: identity };
    laneFor(identity, source, session.identityId).bars.push(bar);
    if (session.elevatedFrom === null || began < from) continue;
    laneFor(session.elevatedFrom, source, null).marks.push({ id, at: share(began), label: identity });
  }
  const ordered = [...lanes.values()].sort(
    (a, b) => b.marks.length - a.marks.length || b.bars.length - a.bars.length || (a.name < b.name ? -1 : 1),
  );
  return { lanes: ordered.slice(0, MAX_LANES), left: Math.max(0, ordered.length - MAX_LANES) };
}
