import { beforeAll, describe, expect, it, vi } from "vitest";
import { registeredActions, registeredRoutes } from "#lib/actions/registry.ts";
import type { ActionResult } from "#lib/actions/types.ts";
import { createSignIn } from "#lib/auth/commands/sign-in.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { receive } from "#lib/testing/next-headers.ts";
import { someUser } from "#lib/testing/users.ts";
import { systemActor } from "./actor.ts";
import { granteesOf, PERMISSIONS, type Permission, ROLES, type Role } from "./permissions.ts";

vi.mock("next/headers", () => import("#lib/testing/next-headers.ts"));
vi.mock("next/cache", () => ({ refresh: () => undefined, revalidatePath: () => undefined, revalidateTag: () => undefined }));

ownTestDatabase();

/** Every way in from outside that a file of ours declares; loading them registers them. */
const ROUTES = import.meta.glob("../../app/**/route.ts");
const ACTIONS = import.meta.glob("../../lib/*/actions.ts");
const OWN = { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" };
const NOWHERE = "00000000-0000-7000-8000-000000000000";

type Caller = { role: Role | null; userId: string };
const callers: Caller[] = [];

beforeAll(async () => {
  const modules = Object.entries({ ...ROUTES, ...ACTIONS }).filter(([path]) => !path.includes("[...nextauth]"));
  for (const [, load] of modules) await load();
  for (const role of [null, ...ROLES]) {
    callers.push({ role, userId: (await someUser(role ? [role] : [])).userId });
  }
}, 120_000);

/** A sign-in for this one call: some of them end the caller's. */
async function cookieOf({ userId }: Caller): Promise<string> {
  const ctx = { actor: systemActor("matrix"), now: new Date(), requestId: "matrix" };
  const { name, value } = await createSignIn(ctx, { userId, method: "password" });
  return `${name}=${value}`;
}

/** An action that sends its caller elsewhere has let them in. */
const settled = (answer: Promise<ActionResult>): Promise<ActionResult> =>
  answer.catch((error: unknown) => {
    if (error instanceof Error && error.message === "NEXT_REDIRECT") return { ok: true, data: null };
    throw error;
  });

const mayPass = (permission: Permission, role: Role | null): boolean => {
  const grantees: readonly string[] = granteesOf(permission);
  return grantees.includes("signed_in") || (role !== null && grantees.includes(role));
};

/** Refused for want of the entry's own permission. Its command may ask for more than the entry did, and names that other one. */
const isRefusedFor = (permission: Permission, code: string | undefined, details: unknown): boolean =>
  code === "FORBIDDEN" && (details as { permission?: string } | undefined)?.permission === permission;

const requestFor = (method: string, cookie: string | null): Request =>
  new Request(`http://localhost:3000/api/v1/${NOWHERE}`, {
    method,
    headers: { ...OWN, ...(cookie ? { cookie } : {}), "content-type": "application/json" },
    ...(method === "GET" || method === "HEAD" ? {} : { body: "{}" }),
  });
const params = new Proxy({}, { get: (_target, key) => (key === "then" ? undefined : NOWHERE), has: () => true, ownKeys: () => [] });
const context = { params: Promise.resolve(params as Record<string, string>) };

describe("every permission", () => {
  it.each(PERMISSIONS)("%s is granted to somebody", (permission) => {
    expect(granteesOf(permission).length).toBeGreaterThan(0);
  });
});

it("finds the routes and actions of the product", () => {
  expect(registeredRoutes().length).toBeGreaterThan(Object.keys(ROUTES).length - 2);
  expect(registeredActions().length).toBeGreaterThan(Object.keys(ACTIONS).length);
});

it("a route lets in exactly the roles that hold its permission, and nobody who is not signed in", async () => {
  const wrong: string[] = [];
  for (const { name, method, permission, call } of registeredRoutes()) {
    if (permission === "public") continue;
    const stranger = await call(requestFor(method, null), context);
    if (stranger.status !== 401) wrong.push(`${method} ${name} answers ${stranger.status} to nobody`);
    for (const caller of callers) {
      const { role } = caller;
      const response = await call(requestFor(method, await cookieOf(caller)), context);
      const problem = response.status === 403 ? ((await response.json()) as { title: string; permission?: string }) : undefined;
      const isRefused = isRefusedFor(permission, problem?.title, problem);
      if (isRefused === mayPass(permission, role))
        wrong.push(`${method} ${name} ${isRefused ? "refuses" : "lets in"} ${role ?? "no role"}`);
      await response.body?.cancel().catch(() => undefined);
    }
  }
  expect(wrong).toEqual([]);
}, 120_000);

it("an action lets in exactly the roles that hold its permission, and nobody who is not signed in", async () => {
  const wrong: string[] = [];
  for (const { name, permission, call } of registeredActions()) {
    if (permission === "public") continue;
    receive(OWN);
    const stranger = await call({});
    if (stranger.ok || stranger.code !== "UNAUTHENTICATED") wrong.push(`${name} answers nobody`);
    for (const caller of callers) {
      const { role } = caller;
      receive({ ...OWN, cookie: await cookieOf(caller) });
      const result = await settled(call({}));
      const isRefused = !result.ok && isRefusedFor(permission, result.code, result.details);
      if (isRefused === mayPass(permission, role)) wrong.push(`${name} ${isRefused ? "refuses" : "lets in"} ${role ?? "no role"}`);
    }
  }
  expect(wrong).toEqual([]);
}, 120_000);
