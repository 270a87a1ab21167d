import { COMPANY, LEAVER } from "./company.ts";
import type { Held } from "./span.ts";
import { chance } from "./story.ts";

/* What people and machines may do in the company's cloud, and since when. */

type Group = { name: string; meaning: string; contents?: (day: number) => string; environment?: "prod" | "shared"; owner: string };

export const GROUPS: readonly Group[] = [
  { name: "engineering", meaning: "Works in the development account", owner: "astrid_nyberg" },
  { name: "payments-team", meaning: "Works on payments: the test account, and reading production", owner: "mara_lindt" },
  { name: "data-team", meaning: "Reads the data platform", owner: "henrik_solberg" },
  { name: "data-admins", meaning: "Administers the data platform", environment: "prod", owner: "henrik_solberg" },
  { name: "platform-team", meaning: "Runs the platform", environment: "prod", owner: "ingrid_vass" },
  { name: "oncall", meaning: "Repairs production at night", environment: "prod", owner: "ingrid_vass" },
  {
    name: "release-managers",
    meaning: "Releases to production",
    environment: "prod",
    owner: "ingrid_vass",
    contents: (day) => (day > 60 ? "role:prod/deploy" : "role:prod/deploy\nsecret:prod/read"),
  },
  { name: "security-responders", meaning: "Looks into incidents", environment: "prod", owner: "dragan_ilic" },
  { name: "support-tier2", meaning: "Looks up what customers report", environment: "prod", owner: "nkechi_obi" },
  { name: "support", meaning: "Answers customers", owner: "nkechi_obi" },
  { name: "finance-reporting", meaning: "Reads invoices and revenue", owner: "gunnar_falk" },
  { name: "sales", meaning: "Sees accounts and offers", owner: "marcus_thiel" },
  { name: "product", meaning: "Sees usage figures", owner: "beatriz_amado" },
  { name: "workplace-admins", meaning: "Manages devices and sign-ins of staff", owner: "rasmus_lund" },
];

export type Role = {
  id: string;
  name: string;
  resource: string;
  meaning: (day: number) => string;
  privileged: "yes" | "no" | "unknown";
  contents: (day: number) => string;
};
const always = (text: string) => () => text;

export const ROLES: readonly Role[] = [
  {
    id: "role:prod/admin",
    name: "Administrator of production",
    resource: "acct-prod",
    meaning: always("Change anything in the production account, also who may enter it"),
    privileged: "yes",
    contents: always("*"),
  },
  {
    id: "role:prod/deploy",
    name: "Deploy operator of production",
    resource: "acct-prod",
    meaning: (day) => (day > 60 ? "Update running stacks in production" : "Update running stacks in production, and delete them"),
    privileged: "yes",
    contents: (day) => (day > 60 ? "stacks: read\nstacks: update" : "stacks: read\nstacks: update\nstacks: delete"),
  },
  {
    id: "role:prod/read",
    name: "Viewer of production",
    resource: "acct-prod",
    meaning: always("See what runs in production, and its logs"),
    privileged: "no",
    contents: always("stacks: read\nlogs: read"),
  },
  {
    id: "role:data/admin",
    name: "Administrator of the data platform",
    resource: "acct-data",
    meaning: always("Change pipelines, tables and who may read them"),
    privileged: "yes",
    contents: always("warehouse: *"),
  },
  {
    id: "role:data/read",
    name: "Reader of the data platform",
    resource: "acct-data",
    meaning: always("Query every table of the warehouse, customers included"),
    privileged: "no",
    contents: always("warehouse: query"),
  },
  {
    id: "role:test/power",
    name: "Power user of the test account",
    resource: "acct-test",
    meaning: always("Create and delete anything in the test account"),
    privileged: "no",
    contents: always("stacks: *"),
  },
  {
    id: "role:dev/power",
    name: "Power user of the development account",
    resource: "acct-dev",
    meaning: always("Create and delete anything in the development account"),
    privileged: "no",
    contents: always("stacks: *"),
  },
  {
    id: "secret:prod/read",
    name: "Reader of production secrets",
    resource: "vault-prod",
    meaning: always("Read every password and key that production runs with"),
    privileged: "yes",
    contents: always("secrets: read"),
  },
  {
    id: "role:staff/manage",
    name: "Manager of staff sign-ins",
    resource: "directory",
    meaning: always("Reset factors and passwords of staff"),
    privileged: "yes",
    contents: always("users: reset\nusers: unlock"),
  },
  {
    id: "role:billing/view",
    name: "Viewer of billing",
    resource: "acct-prod",
    meaning: always("See what the cloud costs"),
    privileged: "no",
    contents: always("billing: read"),
  },
];

const through = (group: string, entitlement: string, from?: number): Held => ({
  holder: `group:${group}`,
  holderKind: "entitlement",
  entitlement,
  ...(from === undefined ? {} : { from }),
});

const BY_GROUP: readonly Held[] = [
  through("engineering", "role:dev/power"),
  through("payments-team", "role:test/power"),
  through("payments-team", "role:prod/read"),
  through("data-team", "role:data/read"),
  through("data-admins", "role:data/admin"),
  through("platform-team", "role:prod/read"),
  through("platform-team", "role:test/power"),
  through("oncall", "role:prod/admin"),
  through("release-managers", "role:prod/deploy"),
  through("release-managers", "secret:prod/read", 60),
  through("security-responders", "role:prod/read"),
  through("security-responders", "secret:prod/read"),
  through("support-tier2", "role:prod/read"),
  through("finance-reporting", "role:data/read"),
  through("finance-reporting", "role:billing/view"),
  through("product", "role:data/read", 90),
  through("workplace-admins", "role:staff/manage"),
];

const GROUP_OF: Readonly<Record<string, string>> = {
  Engineering: "engineering",
  Payments: "payments-team",
  Data: "data-team",
  Platform: "platform-team",
  Security: "security-responders",
  Support: "support",
  Finance: "finance-reporting",
  Sales: "sales",
  Product: "product",
  Workplace: "workplace-admins",
};

/** Everybody's team, from the day they came; who left in an orderly way was taken out of it. */
const TEAMS: readonly Held[] = COMPANY.flatMap(({ login, department, started, left }) => {
  const group = GROUP_OF[department];
  if (!group) return [];
  const from = typeof started === "number" && started < 180 ? { from: started } : {};
  const until = left !== undefined && login !== LEAVER.login ? { until: left - 1 } : {};
  return [{ holder: login, entitlement: `group:${group}`, use: chance(login, 7) === 0 ? 110 : "daily", ...from, ...until }];
});

const member = (group: string, logins: readonly string[], more: Partial<Held> = {}): Held[] =>
  logins.map((holder) => ({ holder, entitlement: `group:${group}`, ...more }));

/** What somebody holds besides: the part that a review is for. */
const PEOPLE: readonly Held[] = [
  ...member("engineering", ["jonas_okafor", "priya_venkat", "tomas_reyes", "leila_haddad", "ravi_menon", "amara_diallo"]),
  ...member("oncall", ["ingrid_vass", "amara_diallo", "lukas_steiner", "fiona_gallagher"]),
  ...member("oncall", ["mateo_silva"], { from: 90, by: "ingrid_vass", reason: "Joins the rota" }),
  ...member("release-managers", ["mara_lindt", "jonas_okafor", "amara_diallo"]),
  ...member("data-admins", ["henrik_solberg", "leila_haddad", "nadia_kowalska"]),
  ...member("support-tier2", ["nkechi_obi", "liam_byrne", "fatou_sarr"]),
  ...member("support-tier2", ["dylan_cooper"], { from: 45, use: "never", by: "nkechi_obi" }),
  // He went to Product; what he could do in Support stayed.
  ...member("support-tier2", ["arjun_pillai"], { use: 75 }),
  ...member("product", ["arjun_pillai"], { from: 70 }),
  ...member("finance-reporting", ["paula_rios"], { from: 120, use: 95 }),
  { holder: "felix_osei", entitlement: "role:prod/admin", from: 100, use: "daily", reason: "Hardening project until the summer" },
  { holder: "callum_reid", entitlement: "role:data/read", use: 130 },
  { holder: "wei_zhang", entitlement: "role:prod/admin", use: 35 },
  { holder: "rasmus_lund", entitlement: "role:prod/read", use: "unknown" },
  { holder: "viktor_hruby", entitlement: "role:prod/read", from: 52, use: "daily", by: "ingrid_vass" },
];

/** Gone while the spring review ran: nobody had to decide it any more. */
const ENDED_IN_SPRING: readonly Held[] = [
  { holder: "grace_mwangi", entitlement: "group:data-admins", until: 158 },
  { holder: "daniel_achebe", entitlement: "group:release-managers", until: 158, use: 200 },
];

/** What the autumn review takes back; release management grew back afterwards. */
const REVOKED_IN_AUTUMN: readonly Held[] = [
  { holder: "lukas_steiner", entitlement: "group:release-managers", until: 0, again: -1, use: 64 },
  { holder: "oscar_pettersson", entitlement: "group:data-admins", until: 0, from: 110, use: "never" },
  { holder: LEAVER.login, entitlement: "group:oncall", until: 0, use: 91 },
];

const MACHINES: readonly Held[] = [
  { holder: "svc-ledger", entitlement: "role:prod/read" },
  { holder: "svc-ledger", entitlement: "secret:prod/read" },
  { holder: "svc-notify", entitlement: "role:prod/read" },
  { holder: "svc-metrics", entitlement: "role:prod/read" },
  { holder: "svc-metrics", entitlement: "role:data/read", use: 140 },
  { holder: "svc-invoice-export", entitlement: "role:billing/view", use: 12 },
  { holder: "svc-invoice-export", entitlement: "role:data/read", use: 12 },
  { holder: "svc-warehouse-load", entitlement: "role:data/admin" },
  { holder: "svc-legacy-sync", entitlement: "role:data/admin", use: 230 },
  { holder: "runtime-payments", entitlement: "role:prod/read" },
  { holder: "deployer-payments", entitlement: "role:prod/deploy" },
  { holder: "deployer-ledger", entitlement: "role:prod/deploy", use: 6 },
  { holder: "deployer-refunds", entitlement: "role:prod/deploy", use: 48 },
  { holder: "deployer-web", entitlement: "role:prod/deploy", use: 2 },
  { holder: "infra-apply", entitlement: "role:prod/admin" },
  { holder: "infra-apply", entitlement: "role:test/power" },
  { holder: "root-emergency", entitlement: "role:prod/admin", use: "never" },
  { holder: "support-desk", entitlement: "group:support", use: 1 },
];

export const HELD: readonly Held[] = [...BY_GROUP, ...TEAMS, ...PEOPLE, ...ENDED_IN_SPRING, ...REVOKED_IN_AUTUMN, ...MACHINES];
