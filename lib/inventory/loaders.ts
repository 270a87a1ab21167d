import "server-only";
import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { requireCtx } from "#lib/auth/loaders.ts";
import { can } from "#lib/authz/permissions.ts";
import { inventoryScope, postureScope } from "#lib/authz/scope.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import type { Target } from "./effective-access.sql.ts";
import { getEntitlement, getReachersAt } from "./entitlement.sql.ts";
import { getIdentityAt, getIdentityHead, getIdentityHistory, getIdentityToday } from "./identity.sql.ts";
import { type MatchingParams, matchingParams } from "./matching-view.ts";
import { getMatrix } from "./matrix.sql.ts";
import { pastDay, pastState } from "./past-day.ts";
import { getPerson, getPersonAt, identitiesOfPerson } from "./person.sql.ts";
import { countLeavers, getPosture, getWeek } from "./posture.sql.ts";
import { listPostureRows } from "./posture-rows.sql.ts";
import { postureRowsParams } from "./posture-rows.ts";
import { countProposed, listMatching } from "./proposals.sql.ts";
import { countClasses, listIdentities, listReached, listReachers, listResources, listSourceNames } from "./queries.ts";
import { getResource } from "./resource.sql.ts";
import {
  asOfParam,
  identityFilter,
  matrixFilter,
  reachedFilter,
  reacherFilter,
  resourceFilter,
  type Subject,
  subjectParam,
} from "./search-params.ts";
import { nameOfSubject } from "./subjects.sql.ts";

export type Search = Record<string, string | string[] | undefined>;

/** Who may look; null: not open to this person. */
const reading = cache(async () => {
  const { actor, now } = await requireCtx();
  return can(actor, "inventory.read") ? { actor, now, scope: inventoryScope(actor) } : null;
});

/** Whether names may lead to their pages. */
export const loadMayRead = async (): Promise<boolean> => (await reading()) !== null;

const firstOf = <Row>({ rows, next }: { rows: Row[]; next: string | null }) => ({ rows, nextCursor: next });
const isFiltered = (filter: Record<string, unknown>): boolean =>
  Object.entries(filter).some(
    ([name, value]) => value !== undefined && value !== (name === "presence" ? "live" : null) && name !== "cursor",
  );

async function orNotFound<T>(found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof DomainError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
}

/** Whose identities are; null: not open to this person. */
export async function loadMatching(search: Search) {
  const may = await reading();
  if (!may) return null;
  const { view, q }: MatchingParams = matchingParams.parse(search);
  const [{ rows, next }, waiting] = await Promise.all([listMatching(may.scope, { view, search: q }), countProposed(may.scope)]);
  return { view, q: q ?? null, waiting, first: { rows, nextCursor: next }, canMatch: can(may.actor, "person.match") };
}

/** How many identities wait for somebody to say whose they are; null: not open to this person. */
export async function loadWaitingMatches(): Promise<number | null> {
  const may = await reading();
  return may ? countProposed(may.scope) : null;
}

/** null: not open to this person. */
export async function loadIdentities(search: Search) {
  const may = await reading();
  if (!may) return null;
  const filter = identityFilter.parse({ ...search, cursor: undefined });
  const [found, classes, sources, waiting] = await Promise.all([
    listIdentities(may.scope, filter),
    countClasses(may.scope, filter),
    listSourceNames(may.scope),
    countProposed(may.scope),
  ]);
  return { first: firstOf(found), classes, sources, waiting, filter, isFiltered: isFiltered(filter) };
}

export async function loadResources(search: Search) {
  const may = await reading();
  if (!may) return null;
  const filter = resourceFilter.parse({ ...search, cursor: undefined });
  const [found, sources] = await Promise.all([listResources(may.scope, filter), listSourceNames(may.scope)]);
  return { first: firstOf(found), sources, filter, isFiltered: isFiltered(filter) };
}

const wholeParam = z.object({ whole: z.enum(["history", "entitlements", "access"]).optional().catch(undefined) });

/** What it is and holds today, or what it was and held at the end of a past day. */
export const loadIdentityHead = cache(async (identityId: string) => {
  const may = await reading();
  return may ? orNotFound(getIdentityHead(may.scope, identityId)) : null;
});

export async function loadIdentity(identityId: string, search: Search) {
  const may = await reading();
  const head = await loadIdentityHead(identityId);
  if (!may || !head) return null;
  const { scope, now, actor } = may;
  const day = pastDay(asOfParam.parse(search).asOf, now);
  const [today, then, history] = await Promise.all([
    day ? null : getIdentityToday(scope, identityId),
    day ? getIdentityAt(scope, identityId, day.at, wholeOf(search) === "access") : null,
    getIdentityHistory(scope, identityId, wholeOf(search) === "history"),
  ]);
  const shown = then ?? today;
  if (!shown) return null;
  const past =
    day && then
      ? { day: day.day, at: day.at.toISOString(), state: pastState(day.at, head.sourceSince, then.wasPresent), was: then.was }
      : null;
  const { things, access } = shown;
  return { head, past, things, access, history, now: now.toISOString(), canMatch: can(actor, "person.match") };
}

export const loadResource = cache(async (resourceId: string, whole: string) => {
  const may = await reading();
  if (!may) return null;
  const parts = { entitlements: whole === "entitlements", history: whole === "history" };
  return orNotFound(getResource(may.scope, resourceId, parts));
});

export const loadEntitlement = cache(async (entitlementId: string, whole: string) => {
  const may = await reading();
  return may ? orNotFound(getEntitlement(may.scope, entitlementId, whole === "history")) : null;
});

export const wholeOf = (search: Search): string => wholeParam.parse(search).whole ?? "";

/** Who reaches an entitlement or a resource today, first window, or who did at the end of a past day. */
export async function loadReachers(target: Target, sourceSince: string | null, search: Search) {
  const may = await reading();
  if (!may) return null;
  const now = may.now.toISOString();
  const day = pastDay(asOfParam.parse(search).asOf, may.now);
  if (day) {
    const { wasPresent, ...found } = await getReachersAt(may.scope, target, day.at);
    return {
      kind: "past" as const,
      now,
      day: day.day,
      at: day.at.toISOString(),
      state: pastState(day.at, sourceSince, wasPresent),
      ...found,
    };
  }
  return {
    kind: "today" as const,
    now,
    first: firstOf(await listReachers(may.scope, target, reacherFilter.parse({ ...search, cursor: undefined }))),
  };
}

export const loadPerson = cache(async (personId: string) => {
  const may = await reading();
  return may ? orNotFound(getPerson(may.scope, personId)) : null;
});

/** What a person reached at the end of the past day that the address names; `past` null: it names none, and today is shown. */
export async function loadPersonPast(person: { id: string; sourceSince: string | null }, search: Search) {
  const may = await reading();
  if (!may) return null;
  const now = may.now.toISOString();
  const day = pastDay(asOfParam.parse(search).asOf, may.now);
  if (!day) return { now, past: null };
  const { wasPresent, ...found } = await getPersonAt(may.scope, person.id, day.at, wholeOf(search) === "access");
  return { now, past: { day: day.day, state: pastState(day.at, person.sourceSince, wasPresent), ...found } };
}

/** The answer to "what can Y reach" or "who can reach X"; nothing is asked yet where the address names nobody. */
export async function loadAccess(search: Search) {
  const may = await reading();
  if (!may) return null;
  const about = subjectParam.safeParse(search.about);
  const subject = about.success ? about.data : null;
  const name = subject ? await nameOfSubject(may.scope, subject) : null;
  if (!subject || name === null) return { asked: null };
  return { asked: { ...subject, name, ...(await answerOf(subject, search, may)) } };
}

async function answerOf({ kind, id }: Subject, search: Search, { scope }: NonNullable<Awaited<ReturnType<typeof reading>>>) {
  const isWho = kind === "resource" || kind === "entitlement";
  if (isWho) {
    const filter = reacherFilter.parse({ ...search, cursor: undefined });
    const target = kind === "resource" ? { resourceId: id } : { entitlementId: id };
    return { question: "who" as const, first: firstOf(await listReachers(scope, target, filter)) };
  }
  const identityIds = kind === "person" ? await identitiesOfPerson(scope, id) : [id];
  return {
    question: "what" as const,
    first: firstOf(await listReached(scope, identityIds, reachedFilter.parse({ ...search, cursor: undefined }))),
  };
}

export async function loadMatrix(search: Search) {
  const may = await reading();
  if (!may) return null;
  const filter = matrixFilter.parse(search);
  const [matrix, sources] = await Promise.all([getMatrix(may.scope, filter), listSourceNames(may.scope)]);
  return { matrix, sources, filter, isFiltered: isFiltered(filter) };
}

/** Where the inventory stands; null: not open to this person. */
export const loadPosture = cache(async () => {
  const { actor, now } = await requireCtx();
  return can(actor, "posture.read") ? getPosture(postureScope(actor), now) : null;
});

/** How many people left and have live access; null: not open to this person. */
export const loadLeaverCount = cache(async () => {
  const { actor } = await requireCtx();
  return can(actor, "posture.read") ? countLeavers(postureScope(actor)) : null;
});

/** What the syncs of the last week changed; null: not open to this person. */
export const loadWeek = cache(async () => {
  const { actor, now } = await requireCtx();
  return can(actor, "posture.read") ? getWeek(postureScope(actor), now) : null;
});

/** The rows behind one number of the posture; null: not open to this person. */
export async function loadPostureRows(search: Record<string, string | string[] | undefined>) {
  const { actor, now } = await requireCtx();
  if (!can(actor, "posture.read")) return null;
  const params = postureRowsParams.parse({ ...search, cursor: undefined });
  return { params, first: firstOf(await listPostureRows(postureScope(actor), params, now)) };
}
