import { LEAVER } from "./company.ts";
import type { Span, Use } from "./span.ts";

/* What in the cloud is no person: services and workloads, whom they trust, and the keys that are about. */

export type Machine = {
  id: string;
  class: "service" | "workload" | "break_glass" | "shared";
  owner?: string;
  backup?: string;
  purpose?: string;
  environment?: string;
  interactive?: string;
  use?: Use;
};
export const MACHINES: readonly Machine[] = [
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

export const TRUSTED_ISSUER = "https://forge.demo-corp.example";
export const TRUSTS = [
  { identity: "deployer-payments", subject: "pipeline:payments/deploy:branch:main" },
  { identity: "deployer-ledger", subject: "pipeline:ledger/deploy:branch:main" },
  { identity: "deployer-refunds", subject: "pipeline:refunds/deploy:branch:main" },
  { identity: "deployer-web", subject: "pipeline:*", conditions: "any pipeline, any branch" },
  { identity: "infra-apply", subject: "pipeline:infra/*", conditions: "any branch" },
] as const;

export type Key = Span & {
  id: string;
  identity: string;
  kind: string;
  created: number;
  rotated?: number;
  rotation: string;
  expires: number | "never";
  use?: Use;
  stored?: string;
};
export const KEYS: readonly Key[] = [
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
