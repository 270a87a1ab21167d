import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { requireStepUp } from "#lib/authz/step-up.ts";
import { resolvePinned } from "#lib/connectors/addresses.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { endEndpoint, endpointSubject, lockEndpoint, sealFor } from "../endpoints.sql.ts";
import { type AddEndpointInput, addEndpointInput, type EndpointInput, endpointInput } from "../schema.ts";
import { newSecret } from "../webhook.ts";

/** After a rotation, calls are signed by both secrets for so long. */
const OVERLAP_MS = 24 * 60 * 60_000;

/** Names an address to call; answers with the secret that its calls are signed by, which is shown this once. */
export async function addEndpoint(ctx: Ctx, input: AddEndpointInput): Promise<{ endpointId: string; secret: string }> {
  authorize(ctx.actor, "settings.manage");
  requireStepUp(ctx.actor);
  const { name, url, kinds } = addEndpointInput.parse(input);
  const resolved = await resolvePinned(new URL(url).hostname);
  if (resolved.kind === "forbidden")
    throw invalid("This address is not called.", { url: "It leads to a link-local or metadata address: name a server." });
  const secret = newSecret();
  return transactPg(ctx, async (tx) => {
    const [made] = await tx.rows<{ id: string }>("SELECT uuid7() AS id");
    if (!made) throw new Error("No id was made.");
    const { id } = made;
    await tx.rows(
      `INSERT INTO webhook_endpoints (id, name, url, kinds, secret, created_by, created_at)
       VALUES ($1::uuid, $2::text, $3::text, $4::text[], $5::bytea, $6::uuid, $7::timestamptz)`,
      [id, name, url, kinds, sealFor(id, secret), userIdOf(ctx.actor), ctx.now],
    );
    const data = { kinds, host: new URL(url).host };
    await recordAudit(tx, ctx, { type: "webhook_endpoint.added", subject: endpointSubject({ id, name }), data });
    return { endpointId: id, secret };
  });
}

/** Another secret. The one before it signs too for a day, so that the receiver can change over in between. */
export async function rotateSecret(ctx: Ctx, input: EndpointInput): Promise<{ secret: string }> {
  authorize(ctx.actor, "settings.manage");
  requireStepUp(ctx.actor);
  const { endpointId } = endpointInput.parse(input);
  const secret = newSecret();
  return transactPg(ctx, async (tx) => {
    const endpoint = await lockEndpoint(tx, endpointId);
    const until = new Date(ctx.now.getTime() + OVERLAP_MS);
    await tx.rows(
      "UPDATE webhook_endpoints SET previous_secret = secret, previous_until = $3::timestamptz, secret = $2::bytea WHERE id = $1::uuid",
      [endpointId, sealFor(endpointId, secret), until],
    );
    const data = { previousUntil: until.toISOString() };
    await recordAudit(tx, ctx, { type: "webhook_endpoint.secret_rotated", subject: endpointSubject(endpoint), data });
    return { secret };
  });
}

export async function removeEndpoint(ctx: Ctx, input: EndpointInput): Promise<void> {
  authorize(ctx.actor, "settings.manage");
  const { endpointId } = endpointInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const endpoint = await lockEndpoint(tx, endpointId);
    await endEndpoint(tx, ctx, endpoint);
    await recordAudit(tx, ctx, { type: "webhook_endpoint.ended", subject: endpointSubject(endpoint), data: { cause: "by_hand" } });
  });
}
