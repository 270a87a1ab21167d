import "server-only";
import { createHmac, randomBytes } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { resolvePinned } from "#lib/connectors/addresses.ts";
import type { Carrier } from "./commands/send.ts";
import { eventOf, textOf } from "./kinds.ts";
import { httpOutcome, type Outcome, responseText } from "./outcome.ts";
import type { NotificationRow } from "./types.ts";

const PREFIX = "whsec_";
const LANES = 4;
const PATIENCE_MS = 15_000;

export type Call = { url: string; id: string; body: string; secrets: readonly string[]; at: Date };

/** Standard Webhooks: 32 random bytes in base64 behind "whsec_". */
export const newSecret = (): string => PREFIX + randomBytes(32).toString("base64");

/** "v1,<HMAC-SHA256 of id.timestamp.body>", one for each secret that counts. */
export function signatures({ id, body, secrets }: Pick<Call, "id" | "body" | "secrets">, timestamp: number): string {
  const keys = secrets.map((secret) => Buffer.from(secret.slice(PREFIX.length), "base64"));
  return keys.map((key) => `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`).join(" ");
}

/** Ids and words, for a ticket or a chat; who it is for by id alone. */
export function webhookBody(row: NotificationRow, origin: string): string {
  const { title, body, path, urgency } = textOf(row);
  const { createdAt, about, to, dueAt, data } = row;
  const { type, answers } = eventOf(row);
  const answerTo = Object.fromEntries(Object.entries(answers).map(([name, at]) => [name, { method: "POST", url: origin + at }]));
  return JSON.stringify({
    type,
    timestamp: createdAt,
    data: {
      id: row.id,
      title,
      body,
      url: origin + path,
      urgency,
      about,
      to,
      dueAt,
      data,
      ...(Object.keys(answers).length > 0 ? { answerTo } : {}),
    },
  });
}

/**
 * One signed call. Its host is resolved and checked for each, then connected to by exactly that address; no redirect is followed, nothing of
 * the answer but its status is read.
 */
export async function callWebhook({ url, id, body, secrets, at }: Call, patienceMs = PATIENCE_MS): Promise<Outcome> {
  const { protocol, hostname, port, pathname, search, host } = new URL(url);
  const resolved = await resolvePinned(hostname);
  if (resolved.kind === "unknown") return { kind: "unreachable", response: `The host ${hostname} is not known here.` };
  if (resolved.kind === "forbidden")
    return { kind: "deferred", response: `The host ${hostname} leads to a link-local or metadata address, which is not called.` };
  const timestamp = Math.floor(at.getTime() / 1000);
  const headers = {
    host,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "user-agent": "Countersign",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures({ id, body, secrets }, timestamp),
  };
  const { request } = protocol === "http:" ? http : https;
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ kind: "unreachable", response: responseText(error.message) });
    const sent = request(
      {
        host: resolved.address,
        ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
        ...(port ? { port } : {}),
        method: "POST",
        path: pathname + search,
        headers,
        agent: false,
        signal: AbortSignal.timeout(patienceMs),
      },
      (response) => {
        resolve(httpOutcome(response.statusCode ?? 0));
        response.destroy();
      },
    );
    sent.on("error", failed);
    sent.end(body);
  });
}

type Opened = (endpointId: string, sealed: Buffer) => string;

export const webhookCarrier = (origin: string, open: Opened, clock: () => Date = () => new Date()): Carrier => ({
  channel: "webhook",
  lanes: LANES,
  carry: async ({ endpoint, messageId, notifications: [row] }) => {
    if (!endpoint || !row) return { kind: "refused", response: "There is nothing to call." };
    try {
      const secrets = [endpoint.secret, ...(endpoint.previousSecret ? [endpoint.previousSecret] : [])].map((each) =>
        open(endpoint.id, each),
      );
      return await callWebhook({ url: endpoint.url, id: messageId, body: webhookBody(row, origin), secrets, at: clock() });
    } catch (error) {
      return { kind: "deferred", response: responseText(error instanceof Error ? error.message : String(error)) };
    }
  },
});
