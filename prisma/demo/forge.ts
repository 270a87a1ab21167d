import type { StreamRecord } from "#lib/inventory/streams.ts";
import { COMPANY, employeeOf, isHere, LEAVER } from "./company.ts";
import type { Records, World } from "./exports.ts";
import { grantRecords, type Held, lastUsed, momentOf, type Use } from "./span.ts";
import { chance, type Story } from "./story.ts";

export const FORGE: World = {
  name: "Forge CI",
  format: "csv",
  streams: ["identities", "resources", "entitlements", "grants", "credentials", "factors"],
  attestation: { tool: "forge-admin", version: "11.4", command: "forge-admin export access", identity: "forge-exporter" },
};

type Repository = { name: string; owner: string; sensitivity: string; team: readonly string[] };
const REPOSITORIES: readonly Repository[] = [
  {
    name: "payments",
    owner: "mara_lindt",
    sensitivity: "confidential",
    team: ["jonas_okafor", "priya_venkat", "tomas_reyes", "kenji_watanabe"],
  },
  { name: "ledger", owner: "jonas_okafor", sensitivity: "restricted", team: ["priya_venkat", "daniel_achebe"] },
  { name: "refunds", owner: "jonas_okafor", sensitivity: "confidential", team: ["tomas_reyes", "ilse_brandt"] },
  { name: "warehouse", owner: "leila_haddad", sensitivity: "confidential", team: ["nadia_kowalska", "ravi_menon", "yusuf_demir"] },
  { name: "infra", owner: "ingrid_vass", sensitivity: "restricted", team: ["amara_diallo", "lukas_steiner", "mateo_silva", LEAVER.login] },
  { name: "website", owner: "beatriz_amado", sensitivity: "public", team: ["petra_lindholm", "samir_bakri"] },
];

const DEPLOYS = ["payments", "ledger", "refunds", "website"] as const;

type Automat = { id: string; class: "pipeline" | "service"; owner?: string; purpose?: string; environment: string; use?: Use };
const AUTOMATA: readonly Automat[] = [
  { id: "payments/deploy", class: "pipeline", owner: "jonas_okafor", purpose: "Deploys payments", environment: "prod" },
  { id: "ledger/deploy", class: "pipeline", owner: "jonas_okafor", purpose: "Deploys the ledger", environment: "prod", use: 6 },
  { id: "refunds/deploy", class: "pipeline", owner: "tomas_reyes", purpose: "Deploys refunds", environment: "prod", use: 48 },
  { id: "website/deploy", class: "pipeline", owner: "petra_lindholm", purpose: "Publishes the website", environment: "prod", use: 2 },
  { id: "warehouse/build", class: "pipeline", owner: "leila_haddad", purpose: "Builds report tables", environment: "prod" },
  { id: "infra/apply", class: "pipeline", owner: "amara_diallo", purpose: "Applies infrastructure as code", environment: "prod" },
  { id: "nightly/benchmarks", class: "pipeline", environment: "test", use: 190 },
  { id: "release-bot", class: "service", owner: "amara_diallo", purpose: "Tags releases", environment: "shared" },
  { id: "dependency-bot", class: "service", purpose: "Proposes updates of libraries", environment: "shared" },
  { id: "scan-bot", class: "service", owner: "felix_osei", purpose: "Looks for secrets in code", environment: "shared" },
];

/** One key in three pipelines: whoever holds one of them deploys all. */
export const SHARED_FINGERPRINT = "SHA256:Zq1c7sT0x9wLr4hVb2nKf8mYdE3uJgA5";

type Key = {
  id: string;
  identity: string;
  kind: string;
  created: number;
  rotation: string;
  expires: number | "never";
  use?: Use;
  fingerprint?: string;
};
const KEYS: readonly Key[] = [
  ...["payments/deploy", "ledger/deploy", "refunds/deploy"].map((identity) => ({
    id: `deploy-key of ${identity}`,
    identity,
    kind: "key",
    created: 540,
    rotation: "none",
    expires: "never" as const,
    fingerprint: SHARED_FINGERPRINT,
    ...(identity === "refunds/deploy" ? { use: 48 } : {}),
  })),
  { id: "deploy-key of website/deploy", identity: "website/deploy", kind: "key", created: 75, rotation: "by_hand", expires: -290, use: 2 },
  { id: "token of release-bot", identity: "release-bot", kind: "token", created: 25, rotation: "automatic", expires: -5 },
  { id: "token of dependency-bot", identity: "dependency-bot", kind: "token", created: 700, rotation: "none", expires: "never" },
  { id: "token of scan-bot", identity: "scan-bot", kind: "token", created: 60, rotation: "by_hand", expires: -30 },
  {
    id: "token of nightly/benchmarks",
    identity: "nightly/benchmarks",
    kind: "token",
    created: 820,
    rotation: "none",
    expires: "never",
    use: 190,
  },
];

const isUser = ({ department }: { department: string }) => ["Engineering", "Payments", "Data", "Platform", "Security"].includes(department);
const EXTRA_USERS = new Set(["beatriz_amado", "petra_lindholm", "samir_bakri"]);
const users = (day: number) =>
  COMPANY.filter(
    (employee) => (isUser(employee) || EXTRA_USERS.has(employee.login)) && (isHere(employee, day) || employee.left !== undefined),
  );

const repo = (name: string, level: "write" | "admin"): string => `repo/${name}:${level}`;

const HELD: readonly Held[] = [
  ...REPOSITORIES.flatMap(({ name, owner, team }) => [
    { holder: owner, entitlement: repo(name, "admin") },
    ...team.map((holder) => ({
      holder,
      entitlement: repo(name, "write"),
      use: chance(`${holder} ${name}`, 5) === 0 ? 125 : ("daily" as const),
    })),
  ]),
  { holder: "astrid_nyberg", entitlement: "forge:owner", use: 150 },
  { holder: "ingrid_vass", entitlement: "forge:owner" },
  { holder: "pavel_novak", entitlement: "forge:owner", use: 33 },
  { holder: "fiona_gallagher", entitlement: "runners:manage" },
  { holder: "mateo_silva", entitlement: "runners:manage", from: 90, by: "ingrid_vass" },
  { holder: "jonas_okafor", entitlement: "deploy/payments:run" },
  { holder: "priya_venkat", entitlement: "deploy/payments:run", use: 15 },
  { holder: "kenji_watanabe", entitlement: "deploy/payments:run", from: 45, by: "jonas_okafor", reason: "Release duty in October" },
  { holder: "daniel_achebe", entitlement: "deploy/ledger:run", use: 20 },
  { holder: "mara_lindt", entitlement: "deploy/refunds:run", use: 160 },
  // Gone while the spring review ran.
  { holder: "sofia_marquez", entitlement: "deploy/refunds:run", until: 158, use: 220 },
  // Taken back by the autumn review.
  { holder: "tomas_reyes", entitlement: "deploy/payments:run", until: 0, use: 140 },
  ...DEPLOYS.map((name) => ({
    holder: `${name}/deploy`,
    entitlement: `deploy/${name}:run`,
    use: name === "refunds" ? 48 : ("daily" as const),
  })),
  { holder: "warehouse/build", entitlement: repo("warehouse", "write") },
  { holder: "infra/apply", entitlement: repo("infra", "write") },
  { holder: "nightly/benchmarks", entitlement: repo("payments", "write"), use: 190 },
  { holder: "release-bot", entitlement: repo("payments", "write") },
  { holder: "release-bot", entitlement: repo("infra", "admin"), from: 130, use: "never" },
  { holder: "dependency-bot", entitlement: repo("payments", "write") },
  { holder: "dependency-bot", entitlement: repo("infra", "write") },
  { holder: "scan-bot", entitlement: "forge:owner", use: "unknown" },
];

export function forgeRecords(story: Story, day: number, at: Date): Records {
  const people = users(day);
  const isKnown = (holder: string | null | undefined) =>
    people.some(({ login }) => login === holder) || AUTOMATA.some(({ id }) => id === holder);
  return {
    identities: [
      ...people.map(({ login, name, mail }) => ({
        external_id: login,
        name,
        login,
        mail,
        class: "human",
        status: "active",
        origin: "provisioning",
        interactive: "yes",
        created: "unknown",
        last_used: lastUsed(story, login === LEAVER.login ? 92 : "daily", at, `forge ${login}`),
      })),
      ...AUTOMATA.map(({ id, owner, purpose, environment, use = "daily", ...rest }) => ({
        external_id: id,
        name: id,
        class: rest.class,
        status: "active",
        owner: owner ? employeeOf(owner).mail : null,
        purpose: purpose ?? null,
        origin: rest.class === "pipeline" ? "infrastructure_as_code" : "console",
        environment,
        interactive: "no",
        created: momentOf(story, 220 + chance(id, 800)),
        last_used: lastUsed(story, use, at, id),
      })),
    ],
    resources: [
      {
        external_id: "forge",
        name: "Forge",
        class: "build_server",
        environment: "shared",
        sensitivity: "restricted",
        owner: employeeOf("ingrid_vass").id,
      },
      ...REPOSITORIES.map(({ name, owner, sensitivity }) => ({
        external_id: `repo/${name}`,
        name: `Repository ${name}`,
        class: "code_repo",
        environment: "shared",
        sensitivity,
        owner: employeeOf(owner).id,
        parent: "forge",
      })),
      ...DEPLOYS.map((name) => ({
        external_id: `deploy/${name}`,
        name: `Production of ${name}`,
        class: "deployment_target",
        environment: "prod",
        sensitivity: name === "website" ? "internal" : "confidential",
        owner: employeeOf(name === "website" ? "beatriz_amado" : name === "payments" ? "mara_lindt" : "jonas_okafor").id,
        parent: "forge",
      })),
    ],
    entitlements: entitlements(),
    grants: grantRecords(story, HELD, day, at).filter(({ holder }) => isKnown(holder)),
    credentials: KEYS.map(({ id, identity, kind, created, rotation, expires, use = "daily", fingerprint }) => ({
      external_id: id,
      identity,
      kind,
      issuer: "Forge",
      created: momentOf(story, created),
      expires: momentOf(story, expires),
      rotated: rotation === "none" ? "never" : "unknown",
      rotation,
      last_used: lastUsed(story, use, at, id),
      fingerprint: fingerprint ?? `SHA256:${chance(id, 2 ** 31).toString(36)}${chance(`${id} 2`, 2 ** 31).toString(36)}`,
    })),
    factors: people.flatMap(({ login }) => factorOf(story, login, at)),
  };
}

const entitlements = (): StreamRecord[] => [
  {
    external_id: "forge:owner",
    resource: "forge",
    name: "Owner of Forge",
    meaning: "Change every repository, pipeline and secret, and who may",
    privileged: "yes",
  },
  {
    external_id: "runners:manage",
    resource: "forge",
    name: "Runner manager",
    meaning: "Add the machines that pipelines run on, and see what they see",
    privileged: "yes",
  },
  ...REPOSITORIES.flatMap(({ name }) => [
    {
      external_id: repo(name, "write"),
      resource: `repo/${name}`,
      name: `Write on ${name}`,
      meaning: `Push code to ${name}`,
      privileged: "no",
    },
    {
      external_id: repo(name, "admin"),
      resource: `repo/${name}`,
      name: `Administrator of ${name}`,
      meaning: `Change who may push to ${name}, and its deploy keys`,
      privileged: "yes",
    },
  ]),
  ...DEPLOYS.map((name) => ({
    external_id: `deploy/${name}:run`,
    resource: `deploy/${name}`,
    name: `Deploy ${name} to production`,
    meaning: `Put any version of ${name} into production`,
    privileged: name === "website" ? "no" : "yes",
  })),
];

/** Forge tells that there is a second factor, seldom which. */
function factorOf(story: Story, login: string, at: Date): StreamRecord[] {
  const kind = (["unknown", "unknown", "passkey", "authenticator_app"] as const)[chance(`forge factor ${login}`, 4)] ?? "unknown";
  const resistant = kind === "passkey" ? "yes" : kind === "unknown" ? "unknown" : "no";
  const last = lastUsed(story, "daily", at, `forge factor ${login}`);
  return [{ external_id: `${login}-1`, identity: login, kind, phishing_resistant: resistant, enrolled: "unknown", last_used: last }];
}
