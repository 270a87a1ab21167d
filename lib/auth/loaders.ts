import "server-only";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import type { Ctx } from "#lib/authz/ctx.ts";
import { can, PERMISSIONS } from "#lib/authz/permissions.ts";
import { userScope } from "#lib/authz/scope.ts";
import { env } from "#lib/env.ts";
import {
  countJobs,
  findCliLogin,
  findInvitation,
  findUser,
  isWithoutAdministrator,
  listApiTokens,
  listInvitations,
  listSignIns,
  listUsers,
  suggestPeople,
} from "./queries.ts";
import { findCtx } from "./request.ts";
import { userListParams } from "./search-params.ts";
import type { Viewer } from "./types.ts";

/** For pages: whoever is signed in, or off to the sign-in page, which leads back here. */
export const requireCtx = cache(async (): Promise<Ctx> => {
  const ctx = await findCtx();
  if (ctx) return ctx;
  const from = (await headers()).get("x-path");
  redirect(from && from !== "/" ? `/sign-in?next=${encodeURIComponent(from)}` : "/sign-in");
});

/** Whoever looks, for the frame; null where nobody is signed in. Shows what could be used; commands and scopes decide. */
export const loadViewer = cache(async (): Promise<Viewer | null> => {
  const ctx = await findCtx();
  if (ctx?.actor.kind !== "user") return null;
  const { actor } = ctx;
  const permissions = PERMISSIONS.filter((permission) => can(actor, permission));
  const jobs = permissions.includes("source.read") ? await countJobs() : 0;
  return { userId: actor.userId, displayName: actor.label, roles: actor.roles, permissions, jobs };
});

export type Search = Record<string, string | string[] | undefined>;

/** Null where the roles of whoever looks do not open it. */
export async function loadUsers(search: Search) {
  const { actor } = await requireCtx();
  if (!can(actor, "user.read")) return null;
  const scope = userScope(actor);
  const filter = userListParams.parse(search);
  const [users, invitations] = await Promise.all([listUsers(scope, filter), listInvitations(scope)]);
  const isFiltered = filter.q !== "" || filter.role !== null || filter.state !== null;
  return { users, invitations, isFiltered, canManage: can(actor, "user.manage") };
}

/** Null where there is no such user, or whoever looks may not see users. */
export async function loadUser(userId: string, personSearch: string) {
  const { actor } = await requireCtx();
  if (!can(actor, "user.read") || !z.uuid().safeParse(userId).success) return null;
  const scope = userScope(actor);
  const [user, people] = await Promise.all([findUser(scope, userId), suggestPeople(scope, personSearch)]);
  return user && { user, people, canManage: can(actor, "user.manage"), isSelf: actor.kind === "user" && actor.userId === userId };
}

export const loadAccount = cache(async () => {
  const { actor } = await requireCtx();
  if (actor.kind !== "user") redirect("/sign-in");
  const [signIns, tokens] = await Promise.all([listSignIns(actor.userId, actor.signInId), listApiTokens(actor.userId)]);
  return { displayName: actor.label, roles: actor.roles, method: actor.authentication.method, signIns, tokens };
});

/** What the sign-in page offers. The demo's sign-ins are written into its data folder by whoever seeds it. */
export async function loadSignInChoices() {
  const { COUNTERSIGN_DEMO, OIDC_ISSUER, OIDC_NAME } = env();
  const [demo, isNew] = await Promise.all([COUNTERSIGN_DEMO ? readDemoSignIns() : [], isWithoutAdministrator()]);
  return { providerName: OIDC_ISSUER ? OIDC_NAME : null, demo, isNew };
}

/** Whether this is the demo, where each role is told what to try first. */
export const loadIsDemo = async (): Promise<boolean> => env().COUNTERSIGN_DEMO;

const demoSignIns = z.array(z.object({ mail: z.string(), password: z.string(), name: z.string(), role: z.string() }));
export type DemoSignIn = z.infer<typeof demoSignIns>[number];

async function readDemoSignIns(): Promise<DemoSignIn[]> {
  const file = path.join(env().COUNTERSIGN_DATA_DIR, "demo-sign-ins.json");
  // Not there yet, or half written while the demo is being made: the form above works without the list.
  const told: unknown = await readFile(file, "utf8")
    .then(JSON.parse)
    .catch(() => []);
  return demoSignIns.safeParse(told).data ?? [];
}

export const loadInvitation = findInvitation;
export const loadIsWithoutAdministrator = isWithoutAdministrator;

/** The page that confirms a command line: only to somebody signed in. */
export async function loadCliLogin(code: string) {
  const ctx = await requireCtx();
  return { login: code ? await findCliLogin(code) : null, label: ctx.actor.label };
}
