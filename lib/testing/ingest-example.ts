import type { Stream, StreamRecord } from "#lib/inventory/streams.ts";

type Example = Record<Extract<Stream, "people" | "identities" | "resources" | "entitlements" | "grants">, readonly StreamRecord[]>;

/** A small whole inventory: two people, three identities, a vault with two entitlements, and a group that holds one of them. */
export const EXAMPLE: Example = {
  people: [
    { external_id: "p1", name: "Ada Price", mail: "ada@corp.example", employment: "employee", status: "active" },
    { external_id: "p2", name: "Bo Lund", mail: "bo@corp.example", manager: "p1", started_on: "2024-02-29" },
  ],
  identities: [
    { external_id: "i1", name: "ada", class: "human", status: "active", person: "p1", last_used: "2026-11-01T10:00:00Z" },
    { external_id: "i2", name: "bo", class: "human", mail: "BO@corp.example" },
    { external_id: "i3", name: "deploy", class: "pipeline", owner: "ada@corp.example" },
  ],
  resources: [{ external_id: "r1", name: "Vault", class: "secret_store", environment: "prod", owner: "p2" }],
  entitlements: [
    { external_id: "e1", resource: "r1", name: "read", privileged: "no" },
    { external_id: "e2", resource: "r1", name: "admin", privileged: "yes" },
    { external_id: "g1", name: "admins" },
  ],
  grants: [
    { holder: "i1", entitlement: "g1", started: "2025-01-01T00:00:00Z", expires: "never" },
    { holder_kind: "entitlement", holder: "g1", entitlement: "e2" },
    { holder: "i2", entitlement: "e1", reason: "ticket 1" },
    { holder: "i3", entitlement: "e1" },
  ],
};
