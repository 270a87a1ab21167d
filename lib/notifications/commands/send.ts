import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { type Claimed, claimNext, postpone, settle } from "../deliveries.sql.ts";
import { endEndpoint, endpointSubject, tellEndpointGone } from "../endpoints.sql.ts";
import { isTooOld, nextAttemptAt, type Outcome } from "../outcome.ts";
import type { Channel } from "../types.ts";

/** Brings one delivery to its server. Never throws: whatever happens is an outcome. */
export type Carrier = { readonly channel: Channel; readonly lanes: number; carry(delivery: Claimed): Promise<Outcome> };
type Options = { clock?: () => Date };

/**
 * Sends what is due, some at a time. Each attempt is written down before it is made and its outcome after it. Whoever dies in between leaves a
 * lease that runs out; the message is then sent again under the same id, by which a receiver tells that it has it already.
 */
export async function sendDue(
  ctx: Ctx,
  carrier: Carrier,
  { clock = () => new Date() }: Options = {},
): Promise<{ accepted: number; failed: number }> {
  authorize(ctx.actor, "notification.send");
  const sent = { accepted: 0, failed: 0 };
  const lane = async () => {
    for (;;) {
      const delivery = await claimNext({ ...ctx, now: clock() }, carrier.channel);
      if (!delivery) return;
      const outcome = await carrier.carry(delivery);
      await recordOutcome({ ...ctx, now: clock() }, delivery, outcome);
      sent[outcome.kind === "accepted" ? "accepted" : "failed"] += 1;
    }
  };
  await Promise.all(Array.from({ length: carrier.lanes }, lane));
  return sent;
}

const EVENT = {
  accepted: ["ACCEPTED", "accepted"],
  deferred: ["WAITING", "deferred"],
  unreachable: ["WAITING", "deferred"],
  refused: ["REFUSED", "refused"],
  gone: ["REFUSED", "refused"],
} as const;

async function recordOutcome(ctx: Ctx, delivery: Claimed, outcome: Outcome): Promise<void> {
  const { id, channel, messageId, attempts, endpoint } = delivery;
  await transactPg(ctx, async (tx) => {
    const [wanted, said] = EVENT[outcome.kind];
    const isGivenUp = wanted === "WAITING" && isTooOld(delivery.createdAt, ctx.now);
    const [state, kind] = isGivenUp ? (["GAVE_UP", "gave_up"] as const) : [wanted, said];
    const nextAt = state === "WAITING" ? nextAttemptAt(attempts, ctx.now) : null;
    if (!(await settle(tx, delivery, { state, kind, response: outcome.response, nextAt, now: ctx.now }))) return;
    if (outcome.kind === "unreachable") await postpone(tx, delivery, nextAttemptAt(1, ctx.now));
    await recordAudit(tx, ctx, {
      type: `notification_delivery.${kind}`,
      subject: { kind: "notification_delivery", id, label: messageId },
      data: { channel, messageId, attempts },
    });
    if (outcome.kind !== "gone" || !endpoint || !(await endEndpoint(tx, ctx, endpoint))) return;
    await recordAudit(tx, ctx, { type: "webhook_endpoint.ended", subject: endpointSubject(endpoint), data: { cause: "gone" } });
    await tellEndpointGone(tx, ctx, endpoint);
  });
}
