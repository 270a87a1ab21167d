import "server-only";
import { cache } from "react";
import { requireCtx } from "#lib/auth/loaders.ts";
import { can } from "#lib/authz/permissions.ts";
import { inventoryScope, postureScope } from "#lib/authz/scope.ts";
import { type MatchingParams, matchingParams } from "./matching-view.ts";
import { getPosture, getWeek } from "./posture.sql.ts";
import { LISTED, listPostureRows } from "./posture-rows.sql.ts";
import { postureRowsParams } from "./posture-rows.ts";
import { countProposed, listMatching } from "./proposals.sql.ts";

/** Whose identities are; null: not open to this person. */
export async function loadMatching(search: Record<string, string | string[] | undefined>) {
  const { actor } = await requireCtx();
  if (!can(actor, "inventory.read")) return null;
  const scope = inventoryScope(actor);
  const { view, q }: MatchingParams = matchingParams.parse(search);
  const [{ rows, next }, waiting] = await Promise.all([listMatching(scope, { view, search: q }), countProposed(scope)]);
  return { view, q: q ?? null, waiting, first: { rows, nextCursor: next }, canMatch: can(actor, "person.match") };
}

/** How many identities wait for somebody to say whose they are; null: not open to this person. */
export async function loadWaitingMatches(): Promise<number | null> {
  const { actor } = await requireCtx();
  return can(actor, "inventory.read") ? countProposed(inventoryScope(actor)) : null;
}

/** Where the inventory stands; null: not open to this person. */
export const loadPosture = cache(async () => {
  const { actor, now } = await requireCtx();
  return can(actor, "posture.read") ? getPosture(postureScope(actor), now) : null;
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
  const params = postureRowsParams.parse(search);
  const rows = await listPostureRows(postureScope(actor), params, now);
  return { params, rows: rows.slice(0, LISTED), isCut: rows.length > LISTED };
}
