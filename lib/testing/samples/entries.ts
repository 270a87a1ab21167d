import { registeredActions, registeredRoutes } from "#lib/actions/registry.ts";
import type { ActionResult } from "#lib/actions/types.ts";
import { createSignIn } from "#lib/auth/commands/sign-in.ts";
import { systemActor } from "#lib/authz/actor.ts";
import { reader } from "#lib/db/transact.ts";
import * as make from "../factories.ts";
import { receive } from "../next-headers.ts";
import type { Sent, User } from "./sample.ts";

/** Every way in from outside that a file of ours declares; loading them registers them. */
const ROUTES = import.meta.glob("../../../app/**/route.ts");
const ACTIONS = import.meta.glob("../../../lib/*/actions.ts");
export const OWN_PAGE = { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" };

export type SignedIn = { cookie: string; signInId: string };
export async function signIn(by: User | null): Promise<SignedIn | null> {
  if (!by) return null;
  const { name, value, signInId } = await createSignIn(make.ctxOf(systemActor("test")), { userId: by.userId, method: "password" });
  return { cookie: `${name}=${value}`, signInId };
}

/** Sends the call; where it asks who is there, that is confirmed and it is sent again. */
export async function sendAs(who: SignedIn | null, entry: Entry, sent: Omit<Sent, "by">, idempotencyKey?: string): Promise<Answer> {
  const given = { ...(who ? { cookie: who.cookie } : {}), ...(idempotencyKey ? { idempotencyKey } : {}) };
  const answer = await entry.send(sent, given);
  if (answer.code !== "STEP_UP_REQUIRED" || !who) return answer;
  const { action, binding } = answer.details;
  await reader.rows("INSERT INTO step_ups (sign_in_id, action, binding, method) VALUES ($1::uuid, $2::text, $3::text, 'password')", [
    who.signInId,
    action,
    binding,
  ]);
  return entry.send(sent, given);
}

export type Answer = { ok: boolean; code: string | null; details: Readonly<Record<string, unknown>>; body: unknown };
export type With = { cookie?: string; headers?: Record<string, string>; idempotencyKey?: string };

/** An action or a route, called as the browser would, without a server between. */
export type Entry = {
  key: string;
  permission: string;
  critical: boolean;
  mutates: boolean;
  send: (sent: Omit<Sent, "by">, given?: With) => Promise<Answer>;
};

export async function loadEntries(): Promise<readonly Entry[]> {
  const files = Object.entries({ ...ROUTES, ...ACTIONS }).filter(([path]) => !path.includes("[...nextauth]"));
  for (const [, load] of files) await load();
  return [...registeredActions().map(actionEntry), ...registeredRoutes().map(routeEntry)].filter(({ key }) => !/\btest\./.test(key));
}

function actionEntry({ name, permission, critical, call }: ReturnType<typeof registeredActions>[number]): Entry {
  const send: Entry["send"] = async ({ input }, { cookie, headers = OWN_PAGE, idempotencyKey } = {}) => {
    receive({ ...headers, ...(cookie ? { cookie } : {}) });
    const result = await settled(call(input, idempotencyKey ? { idempotencyKey } : undefined));
    return {
      ok: result.ok,
      code: result.ok ? null : result.code,
      details: result.ok ? {} : (result.details ?? {}),
      body: result,
    };
  };
  return { key: name, permission, critical, mutates: true, send };
}

/** An action that sends its caller elsewhere has done what it does. */
const settled = (answer: Promise<ActionResult>): Promise<ActionResult> =>
  answer.catch((error: unknown) => {
    if (error instanceof Error && error.message === "NEXT_REDIRECT") return { ok: true, data: null };
    throw error;
  });

/** A live stream has no end to wait for. */
async function textOf(response: Response): Promise<string> {
  if (!/^text\/event-stream/.test(response.headers.get("content-type") ?? "")) return response.text();
  await response.body?.cancel();
  return "";
}

function routeEntry({ name, method, permission, critical, call }: ReturnType<typeof registeredRoutes>[number]): Entry {
  const isSafe = method === "GET" || method === "HEAD";
  const send: Entry["send"] = async (
    { input = {}, params = {}, query = {}, body },
    { cookie, headers = OWN_PAGE, idempotencyKey } = {},
  ) => {
    const json = { body: JSON.stringify(input), headers: { "content-type": "application/json" } };
    const carried: { body?: BodyInit; headers?: Record<string, string> } = isSafe ? {} : (body?.() ?? json);
    const request = new Request(`http://localhost:3000/?${new URLSearchParams(query)}`, {
      method,
      ...(carried.body === undefined ? {} : { body: carried.body }),
      headers: {
        ...headers,
        ...carried.headers,
        ...(cookie ? { cookie } : {}),
        ...(idempotencyKey ? { "idempotency-key": idempotencyKey } : {}),
      },
    });
    const response = await call(request, { params: Promise.resolve(params) });
    const text = await textOf(response);
    const said = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
    const problem = response.ok ? {} : said;
    return { ok: response.status < 400, code: typeof problem.title === "string" ? problem.title : null, details: problem, body: said };
  };
  return { key: `${method} ${name}`, permission, critical, mutates: !isSafe, send };
}
