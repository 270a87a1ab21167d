import { expect, it } from "vitest";
import { violationsOf } from "./layers.ts";

const planted = (path: string, text: string) => violationsOf([{ path, text }]).map(({ message }) => message);

it.each([
  [
    "a domain that imports one downstream of it",
    "lib/inventory/queries.ts",
    'import { x } from "#lib/campaigns/queries.ts";',
    "lib/inventory must not import lib/campaigns",
  ],
  [
    "anything that imports evidence",
    "lib/remediation/queries.ts",
    'import { x } from "../evidence/manifest.ts";',
    "lib/remediation must not import lib/evidence",
  ],
  [
    "lib that imports a component",
    "lib/campaigns/queries.ts",
    'import { X } from "#components/ui/x.tsx";',
    "lib/ does not know components/",
  ],
  [
    "a component that imports a route",
    "components/ui/x.tsx",
    'import X from "../../app/page.tsx";',
    "nothing outside app/ imports a route",
  ],
  [
    "a rule that reaches for the database",
    "lib/campaigns/rules.ts",
    'import { reader } from "#lib/db/transact.ts";',
    "the pure core knows no database and no environment",
  ],
  [
    "a noun of the core that reaches for the database",
    "lib/campaigns/scope-text.ts",
    'import { reader } from "#lib/db/transact.ts";',
    "only queries, commands, *.sql.ts and jobs import lib/db",
  ],
  [
    "a query that imports next",
    "lib/campaigns/queries.ts",
    'import { redirect } from "next/navigation";',
    "only loaders.ts and actions.ts import next or react",
  ],
  [
    "next-auth outside lib/auth",
    "app/page.tsx",
    'import { getServerSession } from "next-auth";',
    "next-auth is imported in lib/auth alone",
  ],
  [
    "a query that reads the sign-in",
    "lib/campaigns/queries.ts",
    'import { requireCtx } from "#lib/auth/sign-in.ts";',
    "lib/campaigns must not import lib/auth",
  ],
  ["a dumping ground", "lib/campaigns/utils.ts", "", "is named like a dumping ground: name the noun"],
  [
    "a command without permission or record",
    "lib/campaigns/commands/launch.ts",
    "export async function launch() {\n  await transactPg(ctx, body);\n}",
    "launch opens a transaction without authorize and recordAudit",
  ],
  ["the environment read in passing", "lib/campaigns/queries.ts", "const x = process.env.X;", "process.env is read in lib/env.ts alone"],
  [
    "a route without a policy",
    "app/api/v1/people/route.ts",
    "export async function GET() {}",
    "GET is not made by defineRoute, so it has no registered policy",
  ],
  [
    "an action without a policy",
    "lib/campaigns/actions.ts",
    '"use server";\nexport const launch = async () => {};',
    "launch is not made by defineAction, so it has no registered policy",
  ],
])("catches %s", (_name, path, text, message) => {
  expect(planted(path, text)).toEqual([message]);
});

it.each([
  ["an upstream import", "lib/campaigns/queries.ts", 'import { x } from "#lib/inventory/queries.ts";'],
  [
    "a loader that reads the sign-in",
    "lib/campaigns/loaders.ts",
    'import { cache } from "react";\nimport { requireCtx } from "#lib/auth/sign-in.ts";',
  ],
  ["a rule that names a type of the foundation", "lib/campaigns/rules.ts", 'import type { Ctx } from "#lib/authz/ctx.ts";'],
  [
    "a command that asks and records",
    "lib/campaigns/commands/launch.ts",
    "export async function launch() {\n  authorize(a, b);\n  await transactPg(ctx, () => recordAudit(tx));\n}",
  ],
])("lets %s pass", (_name, path, text) => {
  expect(planted(path, text)).toEqual([]);
});
