import "server-only";
import { randomUUID } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { precondition } from "#lib/errors/domain-error.ts";
import { endpointSubject, lockEndpoint, openFor } from "../endpoints.sql.ts";
import type { Outcome } from "../outcome.ts";
import { type EndpointInput, endpointInput } from "../schema.ts";
import type { MailCarrier } from "../smtp.ts";
import { callWebhook } from "../webhook.ts";

/** What the other side said, for whoever set it up and looks. */
export type Tested = { ok: boolean; response: string };

/** Writes to the address of whoever asks, at once and beside all that waits. */
export async function testMail(ctx: Ctx, carrier: Pick<MailCarrier, "test"> | null): Promise<Tested> {
  authorize(ctx.actor, "settings.manage");
  if (ctx.actor.kind !== "user") throw precondition("Sign in: the test goes to your own address.");
  const { userId, personId, label } = ctx.actor;
  const [found] = await reader.rows<{ mail: string | null }>(
    "SELECT coalesce(u.mail, p.mail) AS mail FROM app_users u LEFT JOIN people p ON p.id = $2::uuid WHERE u.id = $1::uuid",
    [userId, personId],
  );
  const outcome = await tryMail(carrier, found?.mail ?? null);
  await transactPg(ctx, async (tx) => {
    const data = { channel: "mail", outcome: outcome.kind };
    await recordAudit(tx, ctx, { type: "notification_channel.tested", subject: { kind: "user", id: userId, label }, data });
  });
  return testedOf(outcome);
}

async function tryMail(carrier: Pick<MailCarrier, "test"> | null, address: string | null): Promise<Outcome> {
  if (!carrier) return { kind: "unreachable", response: "No mail server is set: name one by SMTP_URL and MAIL_FROM, and start again." };
  if (!address) return { kind: "refused", response: "Nobody knows your mail address: have yourself linked to your person." };
  return carrier.test(address);
}

/** Calls a webhook with an event of the type "webhook.test", signed as any other. */
export async function testEndpoint(ctx: Ctx, input: EndpointInput): Promise<Tested> {
  authorize(ctx.actor, "settings.manage");
  const { endpointId } = endpointInput.parse(input);
  const endpoint = await lockEndpoint(reader, endpointId);
  const body = JSON.stringify({ type: "webhook.test", timestamp: ctx.now.toISOString(), data: { name: endpoint.name } });
  const id = `msg_${randomUUID().replaceAll("-", "")}`;
  const secrets = [openFor(endpoint.id, endpoint.secret)];
  const outcome = await callWebhook({ url: endpoint.url, id, body, secrets, at: ctx.now });
  await transactPg(ctx, async (tx) => {
    const data = { channel: "webhook", outcome: outcome.kind };
    await recordAudit(tx, ctx, { type: "notification_channel.tested", subject: endpointSubject(endpoint), data });
  });
  return testedOf(outcome);
}

const testedOf = ({ kind, response }: Outcome): Tested => ({ ok: kind === "accepted", response });
