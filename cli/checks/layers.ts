/**
 * The layers of the house, as a check: which folder may import which, which file of a domain may import what, and what a file in a domain
 * may be called. One table each; `violationsOf` is pure so that a planted violation of each kind is a test.
 */
export type SourceFile = { path: string; text: string };
export type Violation = { path: string; line: number; message: string };

/** Below every domain: all may import these. */
const FOUNDATION = ["authz", "db", "jobs", "errors", "testing"];

/** What a domain may import besides the foundation; arrows are transitive. Nothing imports evidence. */
const DOMAINS: Readonly<Record<string, readonly string[]>> = {
  audit: [],
  inventory: ["audit"],
  connectors: ["inventory"],
  notifications: ["connectors"],
  ingest: ["notifications"],
  policy: ["inventory"],
  sessions: ["policy"],
  exceptions: ["policy", "notifications"],
  campaigns: ["exceptions", "policy", "ingest"],
  remediation: ["campaigns", "connectors", "sessions"],
  evidence: ["remediation", "sessions"],
  auth: ["notifications"],
  actions: ["auth"],
};

/** Adapters to the request: every loaders.ts and actions.ts may use them, no other file of a domain may. */
const REQUEST = ["auth", "actions"];

/** Style.md's closed list; nouns of a domain's pure core and of its SQL are free, these words are not names of anything. */
const DUMPING_GROUNDS = /(^|\/)(utils?|helpers?|common|misc|shared|index)(\/|\.tsx?$)/;
const PURE = /(^|\/)(types|rules|schema|search-params|outcome|lifecycle|gate|series|reviewers|risk|matching)\.ts$/;
const MAY_USE_DB = /(^|\/)(queries|commands|jobs|loaders|[a-z-]+\.sql|[a-z-]+\.db\.test)\.ts$|\/commands\//;
const SPEAKS_DB = ["ingest", "audit", "auth", "authz", "jobs", "testing", "db", "actions"];
const IMPORT = /^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']/gm;
const TYPE_ONLY = /^\s*(?:import|export)\s+type\s/;

export function violationsOf(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => [
    ...nameViolations(file),
    ...importViolations(file),
    ...commandViolations(file),
    ...environmentViolations(file),
    ...entryViolations(file),
  ]);
}

function nameViolations({ path }: SourceFile): Violation[] {
  return DUMPING_GROUNDS.test(path) ? [{ path, line: 1, message: "is named like a dumping ground: name the noun" }] : [];
}

function importViolations(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  for (const match of file.text.matchAll(IMPORT)) {
    const message = match[1] === undefined ? null : importRefusal(file.path, resolve(file.path, match[1]), TYPE_ONLY.test(match[0]));
    if (message) found.push({ path: file.path, line: lineAt(file.text, (match.index ?? 0) + match[0].length), message });
  }
  return found;
}

/** Why this file must not import that, or null. `target` is a path from the root for our own files, else the package's name. */
function importRefusal(path: string, target: string, isType: boolean): string | null {
  const isTest = /\.test\.tsx?$/.test(path);
  if (target.startsWith("app/") && !path.startsWith("app/")) return "nothing outside app/ imports a route";
  if (path.startsWith("lib/") && target.startsWith("components/")) return "lib/ does not know components/";
  if (/^next-auth(\/|$)/.test(target) && !path.startsWith("lib/auth/") && !path.startsWith("app/api/auth/"))
    return "next-auth is imported in lib/auth alone";
  if (!path.startsWith("lib/")) return null;
  const file = path.slice(path.lastIndexOf("/") + 1);
  const from = path.split("/")[1] ?? "";
  if (/^(next|react)(\/|$)/.test(target) && !["loaders.ts", "actions.ts"].includes(file) && !REQUEST.includes(from))
    return "only loaders.ts and actions.ts import next or react";
  if (!target.startsWith("lib/") || isTest) return null;
  const to = target.split("/")[1] ?? "";
  if (isType && FOUNDATION.includes(to)) return null;
  if (PURE.test(path) && (to === "db" || target.endsWith("/env.ts"))) return "the pure core knows no database and no environment";
  if (to === "db" && !SPEAKS_DB.includes(from) && !MAY_USE_DB.test(path)) return "only queries, commands, *.sql.ts and jobs import lib/db";
  if (from === to || FOUNDATION.includes(to) || !(from in DOMAINS) || !(to in DOMAINS)) return null;
  if (REQUEST.includes(to) && ["loaders.ts", "actions.ts"].includes(file)) return null;
  return reaches(from, to) ? null : `lib/${from} must not import lib/${to}`;
}

function reaches(from: string, to: string): boolean {
  return (DOMAINS[from] ?? []).some((next) => next === to || reaches(next, to));
}

/** A function that opens a transaction without asking and recording is a change nobody allowed and nobody can trace. */
function commandViolations({ path, text }: SourceFile): Violation[] {
  if (!/^lib\/[a-z]+\/commands(\.ts|\/)/.test(path) || path.endsWith(".test.ts")) return [];
  return [...text.matchAll(/^export (?:async )?function (\w+)[\s\S]*?^}/gm)].flatMap((match) => {
    const body = match[0];
    if (!/\btransact(Pg|Copy|Aside)?\(/.test(body)) return [];
    const missing = [/\bauthorize\(/, /\brecordAudit\(/]
      .filter((call) => !call.test(body))
      .map((call) => call.source.replace(/\\[b(]/g, ""));
    return missing.length === 0
      ? []
      : [{ path, line: lineAt(text, match.index ?? 0), message: `${match[1]} opens a transaction without ${missing.join(" and ")}` }];
  });
}

function environmentViolations({ path, text }: SourceFile): Violation[] {
  if (
    !/^(lib|app|components)\//.test(path) ||
    path === "lib/env.ts" ||
    /\.test\.ts$/.test(path) ||
    /^lib\/(testing|db\/embedded)\//.test(path)
  )
    return [];
  const index = text.search(/process\.env\b(?!\.NODE_ENV)/);
  return index < 0 ? [] : [{ path, line: lineAt(text, index), message: "process.env is read in lib/env.ts alone" }];
}

const METHOD_EXPORT = /^export (?:const|async function|function) (GET|HEAD|POST|PUT|PATCH|DELETE)\b(?:\s*=\s*(\w+))?/gm;
const ACTION_EXPORT = /^export (?:const|async function|function) (\w+)\b(?:\s*=\s*(\w+))?/gm;
/** Not ours to define: next-auth brings its own handler. */
const FOREIGN_ROUTES = ["app/api/auth/[...nextauth]/route.ts"];

/** Every way in from outside declares its policy: a route is made by defineRoute, a server action by defineAction, nothing else is exported. */
function entryViolations({ path, text }: SourceFile): Violation[] {
  const isRoute = /^app\/.*\/route\.tsx?$/.test(path) && !FOREIGN_ROUTES.includes(path);
  const isActions = /^\s*["']use server["']/m.test(text) && !path.startsWith("cli/checks/");
  if (!isRoute && !isActions) return [];
  const maker = isRoute ? "defineRoute" : "defineAction";
  return [...text.matchAll(isRoute ? METHOD_EXPORT : ACTION_EXPORT)]
    .filter((match) => match[2] !== maker)
    .map((match) => ({
      path,
      line: lineAt(text, match.index ?? 0),
      message: `${match[1]} is not made by ${maker}, so it has no registered policy`,
    }));
}

function resolve(path: string, specifier: string): string {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (!specifier.startsWith(".")) return specifier;
  const parts = path.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length;
