import type { StreamRecord } from "#lib/inventory/streams.ts";
import { COMPANY, type Employee, employeeOf, isHere, LEAVER } from "./company.ts";
import type { Records, World } from "./exports.ts";
import { GROUPS, HELD, ROLES } from "./nimbus-access.ts";
import { KEYS, type Key, MACHINES, type Machine, TRUSTED_ISSUER, TRUSTS } from "./nimbus-machines.ts";
import { grantRecords, isThere, lastUsed, momentOf } from "./span.ts";
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
      issuer: TRUSTED_ISSUER,
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
