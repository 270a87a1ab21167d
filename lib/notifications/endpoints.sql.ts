import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import { openSecret, sealSecret } from "#lib/connectors/secrets.ts";
import type { Tx } from "#lib/db/tx.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { notifyAll } from "./notify.sql.ts";
import { usersWhoMay } from "./recipients.sql.ts";

type Endpoint = { id: string; name: string };
/** AAD of an endpoint's secret. */
const rowOf = (endpointId: string): string => `webhook_endpoints:${endpointId}`;

export const sealFor = (endpointId: string, secret: string): Buffer => sealSecret(rowOf(endpointId), secret);
export const openFor = (endpointId: string, sealed: Buffer): string => String(openSecret(rowOf(endpointId), sealed));

export const endpointSubject = ({ id, name }: Endpoint) => ({ kind: "webhook_endpoint", id, label: name });

export async function lockEndpoint(tx: Tx, id: string): Promise<Endpoint & { url: string; secret: Buffer }> {
  const [found] = await tx.rows<Endpoint & { url: string; secret: Buffer }>(
    "SELECT id, name, url, secret FROM webhook_endpoints WHERE id = $1::uuid AND state = 'active' FOR UPDATE",
    [id],
  );
  if (!found) throw notFound("Webhook", id);
  return found;
}

/** What waits for it is not sent any more. False where it had ended before; the caller records the audit event. */
export async function endEndpoint(tx: Tx, ctx: Ctx, endpoint: Endpoint): Promise<boolean> {
  const ended = await tx.rows(
    "UPDATE webhook_endpoints SET state = 'ended', ended_at = $2::timestamptz WHERE id = $1::uuid AND state = 'active' RETURNING id",
    [endpoint.id, ctx.now],
  );
  if (ended.length === 0) return false;
  await tx.rows(
    `UPDATE notification_deliveries SET state = 'NOT_SENT', cause = 'endpoint_ended', next_at = NULL, ended_at = $2::timestamptz
     WHERE endpoint_id = $1::uuid AND state = 'WAITING'`,
    [endpoint.id, ctx.now],
  );
  return true;
}

/** Those who may name another address, once its server has said that it is gone. */
export async function tellEndpointGone(tx: Tx, ctx: Ctx, endpoint: Endpoint): Promise<void> {
  const about = { kind: "instance", id: endpoint.id, label: endpoint.name } as const;
  const told = await usersWhoMay(tx, "settings.manage");
  await notifyAll(
    tx,
    ctx,
    told.map((to) => ({ kind: "webhook_ended" as const, to, about, key: `webhook_ended:${endpoint.id}`, data: {} })),
  );
}
