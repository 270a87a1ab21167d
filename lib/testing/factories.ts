import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Role } from "#lib/authz/permissions.ts";
import { reader } from "#lib/db/transact.ts";

/** Inventory and users for tests that start behind the ingest. Every row is written as the app's role may write it. */

async function insert(table: string, values: Record<string, unknown>): Promise<string> {
  const columns = Object.keys(values);
  const [row] = await reader.rows<{ id: string }>(
    `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${columns.join(", ")} FROM jsonb_populate_record(NULL::${table}, $1::jsonb) RETURNING id`,
    [JSON.stringify(values)],
  );
  if (!row) throw new Error(`Nothing was written to ${table}.`);
  return row.id;
}

const fresh = () => randomUUID();
const now = () => new Date().toISOString();

export type TestSource = { id: string; name: string; runId: string };

/** A source with one applied, complete, full run, begun `daysAgo`. */
export async function makeSource(
  name = `source ${fresh().slice(0, 8)}`,
  options: { kind?: string; daysAgo?: number } = {},
): Promise<TestSource> {
  const id = await insert("sources", {
    id: fresh(),
    name,
    kind: options.kind ?? "files",
    state: "active",
    config: {},
    schedule_zone: "UTC",
    drop_threshold: 20,
    is_people_source: true,
    created_at: now(),
  });
  await reader.rows("SELECT ensure_grants_partition($1::uuid)", [id]);
  return { id, name, runId: await makeRun(id, { startedAt: new Date(Date.now() - (options.daysAgo ?? 0) * 86_400_000 - 60_000) }) };
}

export async function makeRun(
  sourceId: string,
  options: { startedAt?: Date; state?: string; isComplete?: boolean; isFullRead?: boolean; tellsFactors?: boolean } = {},
): Promise<string> {
  const at = (options.startedAt ?? new Date()).toISOString();
  const id = await insert("sync_runs", {
    id: fresh(),
    source_id: sourceId,
    state: options.state ?? "APPLIED",
    trigger: "by_hand",
    started_at: at,
    finished_at: at,
    observed_at: at,
    is_complete: options.isComplete ?? true,
    is_full_read: options.isFullRead ?? true,
    product: "test",
    account: "reader",
    endpoint: "here",
  });
  for (const stream of ["identities", "entitlements", "grants", ...(options.tellsFactors ? ["factors"] : [])])
    await reader.rows(
      `INSERT INTO sync_streams (run_id, stream, read, kept, pages, completeness) VALUES ($1::uuid, $2::text, 1, 1, 1, 'complete')`,
      [id, stream],
    );
  return id;
}

const seen = (source: TestSource) => ({
  source_id: source.id,
  first_run_id: source.runId,
  changed_run_id: source.runId,
  first_seen_at: now(),
});

export async function makePerson(
  source: TestSource,
  values: { name?: string; managerId?: string | null; status?: string; mail?: string } = {},
): Promise<string> {
  const id = fresh();
  return insert("people", {
    id,
    ...seen(source),
    external_id: id,
    name: values.name ?? `Person ${id.slice(0, 4)}`,
    mail: values.mail ?? null,
    title: "Engineer",
    department: "Platform",
    manager_id: values.managerId ?? null,
    employment: "employee",
    status: values.status ?? "active",
  });
}

export async function makeIdentity(
  source: TestSource,
  values: {
    name?: string;
    personId?: string | null;
    ownerId?: string | null;
    class?: string;
    environment?: string;
    interactive?: string;
    status?: string;
  } = {},
): Promise<string> {
  const id = fresh();
  return insert("identities", {
    id,
    ...seen(source),
    external_id: values.name ?? id,
    name: values.name ?? `identity ${id.slice(0, 4)}`,
    login: values.name ?? null,
    class: values.class ?? "human",
    status: values.status ?? "active",
    origin: "unknown",
    environment: values.environment ?? "unknown",
    interactive: values.interactive ?? "yes",
    person_id: values.personId ?? null,
    owner_id: values.ownerId ?? null,
    created_kind: "unknown",
    last_used_kind: "unknown",
  });
}

export async function makeEntitlement(
  source: TestSource,
  values: {
    name?: string;
    privileged?: string;
    environment?: string;
    sensitivity?: string;
    resourceOwnerId?: string | null;
    digest?: string;
  } = {},
): Promise<string> {
  const id = fresh();
  const resourceId = await insert("resources", {
    id: fresh(),
    ...seen(source),
    external_id: `r-${id}`,
    name: `resource of ${values.name ?? id.slice(0, 4)}`,
    class: "database",
    environment: values.environment ?? "test",
    sensitivity: values.sensitivity ?? "internal",
    owner_id: values.resourceOwnerId ?? null,
  });
  return insert("entitlements", {
    id,
    ...seen(source),
    external_id: values.name ?? id,
    name: values.name ?? `entitlement ${id.slice(0, 4)}`,
    meaning: "May do a thing",
    resource_id: resourceId,
    privileged: values.privileged ?? "no",
    digest: values.digest ?? "0".repeat(64),
  });
}

/** Of an identity: made 400 days ago, never rotated, without an end. */
export async function makeCredential(
  source: TestSource,
  identityId: string,
  values: { name?: string; kind?: string; createdAt?: Date; lastUsedAt?: Date | null } = {},
): Promise<string> {
  const id = fresh();
  return insert("credentials", {
    id,
    ...seen(source),
    external_id: values.name ?? id,
    identity_id: identityId,
    kind: values.kind ?? "key",
    created_kind: "value",
    created_at: (values.createdAt ?? new Date(Date.now() - 400 * 86_400_000)).toISOString(),
    expires_kind: "never",
    rotated_kind: "never",
    rotation: "none",
    last_used_kind: values.lastUsedAt ? "value" : "unknown",
    last_used_at: values.lastUsedAt?.toISOString() ?? null,
  });
}

export async function makeTrust(
  source: TestSource,
  identityId: string,
  values: { issuer?: string; subjectPattern?: string | null } = {},
): Promise<string> {
  const id = fresh();
  return insert("trusts", {
    id,
    ...seen(source),
    external_id: id,
    identity_id: identityId,
    issuer: values.issuer ?? "https://token.actions.githubusercontent.com",
    subject_pattern: values.subjectPattern === undefined ? "repo:acme/*" : values.subjectPattern,
  });
}

export async function makeGrant(
  source: TestSource,
  holderId: string,
  entitlementId: string,
  values: { holderKind?: string; grantedBy?: string | null; lastUsedAt?: Date | null; runId?: string } = {},
): Promise<string> {
  return insert("grants", {
    id: fresh(),
    source_id: source.id,
    holder_kind: values.holderKind ?? "identity",
    holder_id: holderId,
    entitlement_id: entitlementId,
    started_kind: "unknown",
    expires_kind: "never",
    last_used_kind: values.lastUsedAt ? "value" : "unknown",
    last_used_at: values.lastUsedAt?.toISOString() ?? null,
    granted_by: values.grantedBy ?? null,
    opened_run_id: values.runId ?? source.runId,
  });
}

/** What a complete run that no longer finds a grant writes. */
export async function endGrant(grantId: string, runId: string): Promise<void> {
  await reader.rows(`UPDATE grants SET ended_run_id = $2::uuid, ended_at = now(), end_reason = 'vanished' WHERE id = $1::uuid`, [
    grantId,
    runId,
  ]);
}

export async function makeReach(holderId: string, reachedId: string, viaId: string, depth: number): Promise<void> {
  await reader.rows(
    `INSERT INTO entitlement_closure (holder_id, reached_id, via_id, depth) VALUES ($1::uuid, $2::uuid, $3::uuid, $4::int)`,
    [holderId, reachedId, viaId, depth],
  );
}

/** A user with roles, and how they act: signed in by password, confirmed just now where `stepUp`. */
export async function makeUser(
  values: { personId?: string | null; roles?: readonly Role[]; label?: string } = {},
): Promise<Extract<Actor, { kind: "user" }>> {
  const id = fresh();
  const label = values.label ?? `user ${id.slice(0, 4)}`;
  await insert("app_users", {
    id,
    issuer: "local",
    subject: `${id}@example.test`,
    display_name: label,
    person_id: values.personId ?? null,
    created_at: now(),
  });
  for (const role of values.roles ?? []) await insert("role_assignments", { id: fresh(), user_id: id, role, granted_at: now() });
  return {
    kind: "user",
    userId: id,
    personId: values.personId ?? null,
    label,
    roles: values.roles ?? [],
    signInId: null,
    authentication: { method: "password" },
  };
}

export const ctxOf = (actor: Actor, at: Date = new Date()): Ctx => ({ actor, now: at, requestId: `test-${fresh().slice(0, 8)}` });

export function confirmed(actor: Extract<Actor, { kind: "user" }>, at: Date = new Date()): Ctx {
  return ctxOf({ ...actor, authentication: { ...actor.authentication, stepUp: { method: "password", at: at.toISOString() } } }, at);
}

/** Bodies of the audit events of a type, oldest first, parsed. */
export async function auditOf(
  type: string,
): Promise<{ subject: { id: string }; data: Record<string, unknown>; actor: Record<string, unknown> }[]> {
  const rows = await reader.rows<{ body: string }>(`SELECT body FROM audit_events WHERE type = $1::text ORDER BY id`, [type]);
  return rows.map(({ body }) => JSON.parse(body));
}
