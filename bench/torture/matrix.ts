import type { RegisteredRoute } from "#lib/actions/registry.ts";
import { granteesOf, type Permission, ROLES, type Role } from "#lib/authz/permissions.ts";
import type { Experiment } from "./experiment.ts";
import { routesByFile, textOf } from "./routes.ts";
import { openStand } from "./stand.ts";
import { cookieOf, makeUser, tokenOf } from "./token.ts";

const SAMPLE = 60;

type Place = { route: RegisteredRoute; url: string };
type Caller = { role: Role | "no role" | "nobody"; headers: () => Promise<Record<string, string>> };

/** Every role on every registered route of a real server, by cookie and by token, with nothing in between left out. */
export const matrix: Experiment = {
  name: "matrix",
  promises: "P5 P10",
  what: "every role on every route over HTTP, by cookie and by token",
  run: async ({ form, random, progress }) => {
    const stand = await openStand({ progress });
    try {
      const web = await stand.web();
      const places = (await routesByFile()).map(({ route, pathname }) => ({ route, url: `${web.url}${pathname({})}` }));
      const callers = await everyCaller(web.url);
      const all = places.flatMap((place) => callers.map((caller) => ({ place, caller })));
      const cells = form === "long" ? all : all.filter(() => random.below(all.length) < SAMPLE);
      const broken: string[] = [];
      for (const { place, caller } of cells) {
        const complaint = await ask(place, caller);
        if (complaint) broken.push(`${place.route.method} ${place.route.name}: ${complaint}`);
      }
      return { figures: { routes: places.length, callers: callers.length, cells: cells.length }, broken };
    } finally {
      await stand.end();
    }
  },
};

async function ask({ route, url }: Place, caller: Caller): Promise<string | null> {
  const { method, permission } = route;
  if (permission === "public") return null;
  const hasBody = method !== "GET" && method !== "HEAD";
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: { ...(await caller.headers()), ...(hasBody ? { "content-type": "application/json" } : {}) },
    ...(hasBody ? { body: "{}" } : {}),
  });
  const text = await textOf(response);
  const problem = text.startsWith("{") ? (JSON.parse(text) as { title?: string; permission?: string }) : {};
  if (response.status >= 500) return `answers ${response.status} to ${caller.role}`;
  if (response.status >= 400 && !problem.title) return `refuses ${caller.role} without a code`;
  if (caller.role === "nobody") return response.status === 401 ? null : `answers ${response.status} to nobody`;
  const isRefused = problem.title === "FORBIDDEN" && problem.permission === permission;
  return isRefused === mayPass(permission, caller.role) ? `${isRefused ? "refuses" : "lets in"} ${caller.role}` : null;
}

const mayPass = (permission: Permission, role: Caller["role"]): boolean => {
  const grantees: readonly string[] = granteesOf(permission);
  return grantees.includes("signed_in") || grantees.includes(role);
};

async function everyCaller(origin: string): Promise<Caller[]> {
  const own = { origin, "sec-fetch-site": "same-origin" };
  const callers: Caller[] = [{ role: "nobody", headers: async () => own }];
  for (const role of ["no role", ...ROLES] as const) {
    const userId = await makeUser(role === "no role" ? [] : [role]);
    const token = await tokenOf(userId);
    // Some calls end the sign-in that they came with, so each has its own.
    const cookie = async () => cookieOf(userId).then(({ name, value }) => ({ ...own, cookie: `${name}=${value}` }));
    callers.push({ role, headers: cookie }, { role, headers: async () => ({ authorization: `Bearer ${token}` }) });
  }
  return callers;
}
