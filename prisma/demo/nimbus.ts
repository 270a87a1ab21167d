import type { StreamRecord } from "#lib/inventory/streams.ts";
import { COMPANY, type Employee, employeeOf, isHere, LEAVER } from "./company.ts";
import type { Records, World } from "./exports.ts";
import { GROUPS, HELD, ROLES } from "./nimbus-access.ts";
import { grantRecords, isThere, lastUsed, momentOf, type Use } from "./span.ts";
import { chance, pick, type Story } from "./story.ts";

export const NIMBUS: World = {
  name: "Nimbus cloud",
  format: "jsonl",
  streams: ["identities", "resources", "entitlements", "grants", "trusts", "credentials", "factors"],
  attestation: { tool: "nimbusctl", version: "5.2.0", command: "nimbusctl export --all --format jsonl", identity: "svc-access-export" },
};

type Resource = { id: string; name: string; class: string; environment: string; sensitivity: string; owner: string };
const RESOURCES: readonly Resource[] = [
  {
    id: "acct-prod",
    name: "Production account",
    class: "cloud_account",
    environment: "prod",
    sensitivity: "confidential",
    owner: "ingrid_vass",
  },
  {
    id: "acct-data",
    name: "Data platform",
    class: "cloud_account",
    environment: "prod",
    sensitivity: "restricted",
    owner: "henrik_solberg",
  },
  { id: "acct-test", name: "Test account", class: "cloud_account", environment: "test", sensitivity: "internal", owner: "ingrid_vass" },
  {
    id: "acct-dev",
    name: "Development account",
    class: "cloud_account",
    environment: "dev",
    sensitivity: "internal",
    owner: "astrid_nyberg",
  },
  {
    id: "vault-prod",
    name: "Secrets of production",
    class: "secret_store",
    environment: "prod",
    sensitivity: "restricted",
    owner: "wei_zhang",
  },
  { id: "directory", name: "Staff directory", class: "other", environment: "shared", sensitivity: "confidential", owner: "rasmus_lund" },
];

type Machine = {
  id: string;
  class: "service" | "workload" | "break_glass" | "shared";
  owner?: string;
  backup?: string;
  purpose?: string;
  environment?: string;
  interactive?: string;
  use?: Use;
};
const MACHINES: readonly Machine[] = [
  {
    id: "svc-ledger",
    class: "service",
    owner: "jonas_okafor",
    backup: "priya_venkat",
    purpose: "Books every payment",
    environment: "prod",
  },
  { id: "svc-notify", class: "service", owner: "priya_venkat", purpose: "Sends receipts", environment: "prod" },
  { id: "svc-metrics", class: "service", owner: LEAVER.login, purpose: "Collects figures from production", environment: "prod" },
  {
    id: "svc-invoice-export",
    class: "service",
    owner: "gunnar_falk",
    purpose: "Hands invoices to the accountants",
    interactive: "unknown",
    use: 12,
  },
  {
    id: "svc-warehouse-load",
    class: "service",
    owner: "leila_haddad",
    backup: "nadia_kowalska",
    purpose: "Loads the warehouse",
    environment: "prod",
  },
  { id: "svc-legacy-sync", class: "service", use: 230 },
  { id: "runtime-payments", class: "workload", owner: "jonas_okafor", purpose: "What payments runs as", environment: "prod" },
  { id: "deployer-payments", class: "workload", owner: "jonas_okafor", purpose: "Deploys payments", environment: "prod" },
  { id: "deployer-ledger", class: "workload", owner: "jonas_okafor", purpose: "Deploys the ledger", environment: "prod", use: 6 },
  { id: "deployer-refunds", class: "workload", owner: "tomas_reyes", purpose: "Deploys refunds", environment: "prod", use: 48 },
  { id: "deployer-web", class: "workload", owner: "mateo_silva", purpose: "Deploys the website", environment: "prod", use: 2 },
  { id: "infra-apply", class: "workload", owner: "amara_diallo", purpose: "Applies infrastructure as code", environment: "prod" },
  {
    id: "root-emergency",
    class: "break_glass",
    owner: "dragan_ilic",
    purpose: "Emergencies only; sealed",
    interactive: "yes",
    use: "never",
  },
  { id: "support-desk", class: "shared", owner: "nkechi_obi", purpose: "The tablet at the front desk", interactive: "yes", use: 1 },
];

const FORGE = "https://forge.demo-corp.example";
const TRUSTS = [
  { identity: "deployer-payments", subject: "pipeline:payments/deploy:branch:main" },
  { identity: "deployer-ledger", subject: "pipeline:ledger/deploy:branch:main" },
  { identity: "deployer-refunds", subject: "pipeline:refunds/deploy:branch:main" },
  { identity: "deployer-web", subject: "pipeline:*", conditions: "any pipeline, any branch" },
  { identity: "infra-apply", subject: "pipeline:infra/*", conditions: "any branch" },
] as const;

type Key = {
  id: string;
  identity: string;
  kind: string;
  created: number;
  rotated?: number;
  rotation: string;
  expires: number | "never";
  use?: Use;
  stored?: string;
  from?: number;
};
const KEYS: readonly Key[] = [
  { id: "NK-LEDGER-1", identity: "svc-ledger", kind: "key", created: 610, rotation: "none", expires: "never", stored: "vault-prod" },
  {
    id: "NK-NOTIFY-7",
    identity: "svc-notify",
    kind: "key",
    created: 400,
    rotated: 20,
    rotation: "automatic",
    expires: -70,
    stored: "vault-prod",
  },
  { id: "NK-METRICS-1", identity: "svc-metrics", kind: "key", created: 420, rotation: "none", expires: "never" },
  {
    id: "NK-INVOICE-2",
    identity: "svc-invoice-export",
    kind: "password",
    created: 500,
    rotated: 200,
    rotation: "by_hand",
    expires: "never",
    use: 12,
    stored: "a spreadsheet",
  },
  {
    id: "NK-WAREHOUSE-4",
    identity: "svc-warehouse-load",
    kind: "token",
    created: 168,
    rotation: "automatic",
    expires: -12,
    stored: "vault-prod",
  },
  { id: "NK-LEGACY-1", identity: "svc-legacy-sync", kind: "key", created: 1_150, rotation: "none", expires: "never", use: 230 },
  {
    id: "NK-ROOT-1",
    identity: "root-emergency",
    kind: "password",
    created: 380,
    rotated: 150,
    rotation: "by_hand",
    expires: "never",
    use: "never",
    stored: "a sealed envelope",
  },
  { id: "NK-LUKAS-1", identity: "lukas_steiner", kind: "key", created: 505, rotation: "none", expires: "never", use: 64 },
  { id: "NK-RAVI-1", identity: "ravi_menon", kind: "token", created: 58, rotation: "none", expires: -32, from: 58 },
  { id: "NK-LEAVER-1", identity: LEAVER.login, kind: "key", created: 330, rotation: "none", expires: "never", use: 3 },
];

/** Two whose account names nobody, for somebody to match by hand. */
const UNNAMED = new Set(["yara_nasser", "samir_bakri"]);

const STRONG = new Set(["Engineering", "Payments", "Data", "Platform", "Security"]);
const WEAK = new Set(["Support", "Sales"]);

export function nimbusRecords(story: Story, day: number, at: Date): Records {
  const people = COMPANY.filter((employee) => isHere(employee, day) || (employee.left ?? -1) >= day);
  const machines = MACHINES.map((machine) => machineRecord(story, machine, at));
  return {
    identities: [...people.map((employee) => personRecord(story, employee, day, at)), ...machines],
    resources: [
      ...RESOURCES.map(({ id, owner, ...rest }) => ({ external_id: id, ...rest, owner: employeeOf(owner).id })),
      ...GROUPS.map(({ name, environment = "shared", owner }) => ({
        external_id: `dir-${name}`,
        name: `Group ${name}`,
        class: "directory_group",
        environment,
        sensitivity: "internal",
        owner: employeeOf(owner).id,
        parent: "directory",
      })),
    ],
    entitlements: entitlements(day),
    grants: grantRecords(story, HELD, day, at).filter(({ holder, holder_kind }) => holder_kind === "entitlement" || known(holder, people)),
    trusts: TRUSTS.map(({ identity, subject, ...more }) => ({
      external_id: `trust-${identity}`,
      identity,
      issuer: FORGE,
      subject_pattern: subject,
      audience: "nimbus",
      conditions: "conditions" in more ? more.conditions : null,
    })),
    credentials: KEYS.filter((key) => isThere(key, day)).map((key) => keyRecord(story, key, at)),
    factors: people.flatMap((employee) => factorsOf(story, employee, at)),
  };
}

const known = (holder: string | null | undefined, people: readonly Employee[]): boolean =>
  MACHINES.some(({ id }) => id === holder) || people.some(({ login }) => login === holder);

function personRecord(story: Story, employee: Employee, day: number, at: Date): StreamRecord {
  const { login, name, mail, id, left } = employee;
  const wasTaken = left !== undefined && left > day && login !== LEAVER.login;
  const isUnnamed = UNNAMED.has(login);
  return {
    external_id: login,
    name,
    login,
    mail: isUnnamed ? null : mail,
    class: "human",
    status: wasTaken ? "disabled" : "active",
    person: isUnnamed || chance(login, 3) === 0 ? null : id,
    origin: "provisioning",
    interactive: "yes",
    created: "unknown",
    last_used: lastUsed(story, login === LEAVER.login ? 3 : "daily", at, login),
  };
}

function machineRecord(story: Story, machine: Machine, at: Date): StreamRecord {
  const { id, owner, backup, purpose, environment, interactive, use = "daily" } = machine;
  return {
    external_id: id,
    name: id,
    class: machine.class,
    status: "active",
    owner: owner ? employeeOf(owner).id : null,
    backup_owner: backup ? employeeOf(backup).mail : null,
    purpose: purpose ?? null,
    origin: machine.class === "workload" ? "infrastructure_as_code" : owner ? "provisioning" : "unknown",
    environment: environment ?? "unknown",
    interactive: interactive ?? "no",
    created: momentOf(story, 200 + chance(id, 900)),
    last_used: lastUsed(story, use, at, id),
  };
}

const entitlements = (day: number): StreamRecord[] => [
  ...GROUPS.map(({ name, meaning, contents }) => ({
    external_id: `group:${name}`,
    resource: `dir-${name}`,
    name: `Member of ${name}`,
    meaning,
    privileged: "no",
    contents: contents?.(day) ?? null,
  })),
  ...ROLES.map(({ id, name, resource, meaning, privileged, contents }) => ({
    external_id: id,
    resource,
    name,
    meaning: meaning(day),
    privileged,
    contents: contents(day),
  })),
];

function keyRecord(story: Story, key: Key, at: Date): StreamRecord {
  const { id, identity, kind, created, rotated, rotation, expires, use = "daily", stored } = key;
  return {
    external_id: id,
    identity,
    kind,
    issuer: "Nimbus",
    created: momentOf(story, created),
    expires: momentOf(story, expires),
    rotated: rotated === undefined ? (rotation === "none" ? "never" : "unknown") : momentOf(story, rotated),
    rotation,
    last_used: lastUsed(story, use, at, id),
    stored_in: stored ?? null,
  };
}

/** Engineers carry keys, offices have apps, the phones ring in Support and Sales; some are not told, and a few have none. */
function factorsOf(story: Story, { login, department }: Employee, at: Date): StreamRecord[] {
  const luck = chance(`factor of ${login}`, 16);
  if (luck === 0) return [];
  const kind = luck === 1 ? "unknown" : kindOf(login, department);
  const resistant = kind === "security_key" || kind === "passkey" ? "yes" : kind === "unknown" ? "unknown" : "no";
  const factor = (of: string, phishing: string, number: number): StreamRecord => ({
    external_id: `${login}-${number}`,
    identity: login,
    kind: of,
    phishing_resistant: phishing,
    enrolled: momentOf(story, 190 + chance(`${login} enrolled`, 500)),
    last_used: lastUsed(story, "daily", at, `${login} ${of}`),
  });
  const second = luck === 2 ? [factor("backup_code", "no", 2)] : [];
  return [factor(kind, resistant, 1), ...second];
}

function kindOf(login: string, department: string): string {
  if (STRONG.has(department)) return pick(login, ["security_key", "passkey", "security_key", "authenticator_app"]);
  if (WEAK.has(department)) return pick(login, ["sms_or_voice", "sms_or_voice", "authenticator_app"]);
  return pick(login, ["authenticator_app", "push", "push"]);
}
