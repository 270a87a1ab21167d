import { randomUUID } from "node:crypto";
import http from "node:http";
import type { Bench, Workload } from "./harness.ts";
import { bareServer, type NextServer, productServer } from "./next-server.ts";
import { launched } from "./review.ts";
import { settle } from "./source.ts";
import { makeUser, tokenOf } from "./torture/token.ts";

const CLIENTS = 16;
const DECISIONS_EACH = 150;
const RATIONALE = "Needed for the work of this team";

type Item = { id: string; version: number };
type Client = { personId: string; userId: string; token: string; items: Item[]; agent: http.Agent };
type Sent = { url: string; headers: Record<string, string>; body: unknown };

/** The reviewers with the most to do, each with a connection that stays open. */
async function clientsOf(bench: Bench, campaignId: string): Promise<Client[]> {
  const { rows } = await bench.admin.query<{ personId: string; items: Item[] }>(
    `SELECT reviewer_id AS "personId", json_agg(json_build_object('id', id, 'version', version) ORDER BY id) AS items FROM items
     WHERE campaign_id = $1 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${CLIENTS}`,
    [campaignId],
  );
  if (rows.length !== CLIENTS) throw new Error(`${rows.length} reviewers have something to decide.`);
  const all: Client[] = [];
  for (const { personId, items } of rows) {
    const userId = await makeUser(["reviewer"], personId);
    all.push({ personId, userId, token: await tokenOf(userId), items, agent: new http.Agent({ keepAlive: true, maxSockets: 1 }) });
  }
  return all;
}

/** As little as a client can cost: it shares the processors with both servers. */
function post(agent: http.Agent, { url, headers, body }: Sent): Promise<{ version: number }> {
  const text = JSON.stringify(body);
  const { promise, resolve, reject } = Promise.withResolvers<{ version: number }>();
  const told = { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  const request = http.request(url, { method: "POST", agent, headers: told }, (response) => {
    const chunks: Buffer[] = [];
    response.on("error", reject).on("data", (chunk) => chunks.push(chunk));
    response.on("end", () => {
      const said = Buffer.concat(chunks).toString();
      if (response.statusCode === 200) resolve(JSON.parse(said));
      else reject(new Error(`${response.statusCode} ${said}`));
    });
  });
  request.on("error", reject).end(text);
  return promise;
}

type Sending = (client: Client, item: Item, answer: "keep" | "abstain") => Sent;

async function decide(clients: readonly Client[], sending: Sending): Promise<number> {
  await Promise.all(
    clients.map(async (client) => {
      for (let at = 0; at < DECISIONS_EACH; at += 1) {
        const item = client.items[at % client.items.length];
        if (!item) throw new Error("A reviewer has nothing to decide.");
        item.version = (await post(client.agent, sending(client, item, at % 3 === 0 ? "abstain" : "keep"))).version;
      }
    }),
  );
  return clients.length * DECISIONS_EACH;
}

/** As the reviewer's page sends it, once per key. */
const toProduct =
  (url: string, campaignId: string): Sending =>
  ({ token }, { id, version }, answer) => ({
    url: `${url}/api/v1/campaigns/${campaignId}/items/${id}/decisions`,
    headers: { authorization: `Bearer ${token}`, "idempotency-key": randomUUID() },
    body: { answer, version, rationale: RATIONALE },
  });

const toBareRoute =
  (url: string, campaignId: string): Sending =>
  ({ personId, userId }, { id, version }, answer) => ({
    url: `${url}/decide`,
    headers: {},
    body: { campaignId, itemId: id, version, personId, userId, answer, rationale: RATIONALE },
  });

export const oneDecision: Workload = {
  id: "W4",
  what: `one decision over HTTP, ${CLIENTS} clients`,
  baseline: "a bare Next route with the same SQL",
  target: { kind: "at least", ratio: 0.85 },
  measure: "rate",
  prepare: async (bench) => {
    const campaignId = await launched(bench, "whole");
    const clients = await clientsOf(bench, campaignId);
    const servers: NextServer[] = [];
    const close = async () => {
      for (const { agent } of clients) agent.destroy();
      for (const { end } of servers) await end();
    };
    try {
      const product = await productServer(bench.folder, bench.progress);
      servers.push(product);
      const bare = await bareServer(bench.folder, bench.progress);
      servers.push(bare);
      return {
        ours: () => decide(clients, toProduct(product.url, campaignId)),
        baseline: () => decide(clients, toBareRoute(bare.url, campaignId)),
        after: async () => void (await settle(bench.admin)),
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  },
};
