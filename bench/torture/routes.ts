import { readdirSync } from "node:fs";
import { registerHooks } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type RegisteredRoute, registeredRoutes } from "#lib/actions/registry.ts";
import { ROOT } from "../../cli/instance.ts";

/** Next finds its own modules without their endings; Node does not, and outside a server there is only their server side. */
const IN_NODE: Readonly<Record<string, string>> = {
  "next/cache": "next/cache.js",
  "next/headers": "next/headers.js",
  "next/navigation": "next/dist/api/navigation.react-server.js",
};
registerHooks({ resolve: (specifier, context, next) => next(IN_NODE[specifier] ?? specifier, context) });

const NOWHERE = "00000000-0000-7000-8000-000000000000";

export type RouteAt = {
  route: RegisteredRoute;
  /** Its path with these values in the places of its parameters, and an id of nothing in the others. */
  pathname: (params: Readonly<Record<string, string>>) => string;
};

/** Which registered route lies at which path: loading a file registers what it declares. */
export async function routesByFile(): Promise<RouteAt[]> {
  const app = path.join(ROOT, "app");
  const files = readdirSync(app, { recursive: true, encoding: "utf8" }).filter(
    (file) => path.basename(file) === "route.ts" && !file.includes("[..."),
  );
  const found: RouteAt[] = [];
  for (const file of files.sort()) {
    const known = new Set(registeredRoutes());
    await import(pathToFileURL(path.join(app, file)).href);
    const folders = path
      .dirname(file)
      .split(path.sep)
      .filter((name) => !name.startsWith("("));
    const pathname: RouteAt["pathname"] = (params) =>
      `/${folders.map((name) => (name.startsWith("[") ? (params[name.slice(1, -1)] ?? NOWHERE) : name)).join("/")}`;
    for (const route of registeredRoutes()) if (!known.has(route)) found.push({ route, pathname });
  }
  return found;
}

/** A live stream has no end to wait for. */
export async function textOf(response: Response): Promise<string> {
  if (!/^text\/event-stream/.test(response.headers.get("content-type") ?? "")) return response.text();
  await response.body?.cancel();
  return "";
}
