import "server-only";
import { cache } from "react";
import { z } from "zod";
import { requireCtx } from "#lib/auth/loaders.ts";
import { can } from "#lib/authz/permissions.ts";
import { sessionScope } from "#lib/authz/scope.ts";
import { lanesOf } from "./lanes.ts";
import { boardTotals, eventTallies, getSession, issueOf, laneSessions, listSessions, sessionEvents, sessionTallies } from "./queries.ts";
import { boardParams, untilOf } from "./search-params.ts";
import { sequenceOf } from "./sequence.ts";
import { seriesOf, spanOf } from "./series.ts";
import { credentialLifetimes, sourceTellings, tokenLives } from "./tellings.sql.ts";

const DAY_MS = 86_400_000;
const FACTORS = ["yes", "no", "unknown"];

/** The whole board in one reading; null: not open to this person. */
export async function loadBoard(search: Record<string, string | string[] | undefined>) {
  const { actor, now } = await requireCtx();
  if (!can(actor, "session.read")) return null;
  const scope = sessionScope(actor);
  const params = boardParams.parse(search);
  const at = now.toISOString();
  const until = untilOf(params, at);
  const end = Date.parse(until);
  const span = spanOf(params.range, end);
  const [list, totals, sources, lanes, events, begun, lifetimes, lives] = await Promise.all([
    listSessions(scope, params, at),
    boardTotals(scope, at, until),
    sourceTellings(),
    laneSessions(scope, at, until),
    eventTallies(scope, span, params.by),
    sessionTallies(scope, span, params.by),
    credentialLifetimes(at),
    tokenLives(),
  ]);
  return {
    list,
    params,
    totals,
    sources,
    lives,
    lifetimes,
    until,
    span,
    lanes: { ...lanesOf(lanes, end - DAY_MS, end), from: end - DAY_MS, until: end },
    charts: {
      sessions: seriesOf(begun, span),
      elevations: seriesOf(events.elevations, span),
      factors: seriesOf(events.factors, span, FACTORS),
    },
    canImport: can(actor, "session.import"),
  };
}

/** How many sessions are open now and how they were authenticated; null: not open to this person. */
export const loadSessionTotals = cache(async () => {
  const { actor, now } = await requireCtx();
  const at = now.toISOString();
  return can(actor, "session.read") ? boardTotals(sessionScope(actor), at, at) : null;
});

/** One session with what happened in it; `session` is null where there is none, the whole where it is not open to this person. */
export const loadSession = cache(async (sessionId: string) => {
  const { actor, now } = await requireCtx();
  if (!can(actor, "session.read")) return null;
  const scope = sessionScope(actor);
  const session = z.uuid().safeParse(sessionId).success ? await getSession(scope, sessionId, now.toISOString()) : null;
  if (!session) return { session: null };
  const [events, parent] = await Promise.all([
    sessionEvents(scope, session),
    session.elevatedFromId ? getSession(scope, session.elevatedFromId, now.toISOString()) : null,
  ]);
  const issue = parent ? await issueOf(scope, session, parent.externalId) : null;
  return { session, parent, issue, steps: sequenceOf(events), shown: events.length };
});
