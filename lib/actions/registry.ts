import type { Permission } from "#lib/authz/permissions.ts";
import type { ActionOptions, ActionResult } from "./types.ts";

/** `public` is open to everybody, and said so in the declaration: nothing is public by being forgotten. */
export type Policy = Permission | "public";

type Declared = { readonly name: string; readonly permission: Policy; readonly critical: boolean };
export type RegisteredAction = Declared & { readonly call: (input: unknown, options?: ActionOptions) => Promise<ActionResult> };
export type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };
export type RegisteredRoute = Declared & {
  readonly method: string;
  readonly call: (request: Request, context?: RouteContext) => Promise<Response>;
};

const actions = new Map<string, RegisteredAction>();
const routes = new Map<string, RegisteredRoute>();

/** Every action and route that was declared, once its module is loaded: what the permission matrix is generated from. */
export const registeredActions = (): readonly RegisteredAction[] => [...actions.values()];
export const registeredRoutes = (): readonly RegisteredRoute[] => [...routes.values()];

/** A module may be loaded several times in one process; the same declaration may come again, another one under its name may not. */
export function registerAction(entry: RegisteredAction): void {
  keep(actions, entry.name, entry);
}

export function registerRoute(entry: RegisteredRoute): void {
  keep(routes, `${entry.method} ${entry.name}`, entry);
}

function keep<Entry extends Declared>(all: Map<string, Entry>, key: string, entry: Entry): void {
  const known = all.get(key);
  if (known && (known.permission !== entry.permission || known.critical !== entry.critical))
    throw new Error(`Two actions or routes are called ${key}`);
  all.set(key, entry);
}
