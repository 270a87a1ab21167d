import { randomUUID } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { inboxScope } from "#lib/authz/scope.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { addEndpoint, removeEndpoint, rotateSecret } from "./commands/endpoints.ts";
import { sendDue } from "./commands/send.ts";
import { testEndpoint } from "./commands/test.ts";
import { openFor } from "./endpoints.sql.ts";
import { notify } from "./notify.sql.ts";
import { listInbox } from "./queries.ts";
import { callWebhook, webhookCarrier } from "./webhook.ts";

ownTestDatabase();

const ORIGIN = "https://countersign.example.test";
const MINUTE_MS = 60_000;
let now = new Date();
const wait = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const job = (): Ctx => make.ctxOf(systemActor("test"), now);
const send = () =>
  sendDue(
    job(),
    webhookCarrier(ORIGIN, openFor, () => now),
    { clock: () => now },
  );

type Called = { headers: Record<string, string>; body: string };
const servers: http.Server[] = [];
/** A real HTTP server that answers as told. */
async function receiver(answer: (call: number) => number | { status: number; location: string } = () => 204) {
  const calls: Called[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      calls.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString("utf8") });
      const said = answer(calls.length);
      const { status, location } = typeof said === "number" ? { status: said, location: undefined } : said;
      response.writeHead(status, location ? { location } : {}).end("never read");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?team=1` };
}

const administrator = () => make.makeUser({ roles: ["administrator"] });
async function endpoint(url: string, kinds: ("task_waiting" | "items_waiting")[] = []) {
  const admin = await administrator();
  return { admin, ...(await addEndpoint(make.confirmed(admin), { name: `hook ${randomUUID().slice(0, 4)}`, url, kinds })) };
}
const tell = (kind: "task_waiting" | "campaign_due" = "task_waiting") =>
  transactPg(job(), async (tx, ctx) => {
    const user = await make.makeUser();
    const common = { to: { userId: user.userId }, about: { kind: "campaign", id: randomUUID(), label: "Q4" } as const, key: randomUUID() };
    return kind === "task_waiting"
      ? notify(tx, ctx, { kind, ...common, data: { tasks: 3 } })
      : notify(tx, ctx, { kind, ...common, data: { open: 3, days: 2 } });
  });
const statesOf = (endpointId: string) =>
  reader.rows<{ state: string; cause: string | null; attempts: number }>(
    "SELECT state, cause, attempts FROM notification_deliveries WHERE endpoint_id = $1::uuid ORDER BY created_at, id",
    [endpointId],
  );

afterEach(async () => {
  now = new Date();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  const active = await reader.rows<{ id: string }>("SELECT id FROM webhook_endpoints WHERE state = 'active'");
  const admin = await administrator();
  for (const { id } of active) await removeEndpoint(make.ctxOf(admin), { endpointId: id });
});

describe("a webhook", () => {
  it("is called once for each notification of its kinds, signed so that the standard's own library agrees", async () => {
    const { calls, url } = await receiver();
    const { endpointId, secret } = await endpoint(url, ["task_waiting"]);
    await tell("task_waiting");
    await tell("campaign_due");
    await Promise.all([send(), send(), send()]);
    expect(calls).toHaveLength(1);
    const [call] = calls;
    const said = new Webhook(secret).verify(call?.body ?? "", call?.headers ?? {});
    expect(said).toMatchObject({
      type: "notification.task_waiting",
      data: { title: "3 removals wait for somebody's hands: Q4", urgency: "prompt" },
    });
    expect(call?.headers["content-type"]).toBe("application/json");
    expect(await statesOf(endpointId)).toEqual([{ state: "ACCEPTED", cause: null, attempts: 1 }]);
    expect(() => new Webhook(secret).verify(`${call?.body} `, call?.headers ?? {})).toThrow();
  });

  it("that fails is called again under the same id, until it takes it", async () => {
    const { calls, url } = await receiver((call) => [500, 404, 503][call - 1] ?? 200);
    const { endpointId } = await endpoint(url);
    await tell();
    for (let minutes = 0; minutes < 12; minutes += 1) {
      await send();
      wait(MINUTE_MS);
    }
    expect(calls).toHaveLength(4);
    expect(new Set(calls.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(await statesOf(endpointId)).toEqual([{ state: "ACCEPTED", cause: null, attempts: 4 }]);
  });

  it("that says it is gone is switched off, and administrators are told", async () => {
    const { url } = await receiver(() => 410);
    const { admin, endpointId } = await endpoint(url);
    await tell();
    await tell();
    await send();
    expect((await statesOf(endpointId)).map(({ state, cause }) => [state, cause])).toEqual([
      ["REFUSED", null],
      ["NOT_SENT", "endpoint_ended"],
    ]);
    expect((await listInbox(inboxScope(admin), "all")).map(({ title }) => title)).toEqual([
      expect.stringContaining("A webhook was switched off"),
    ]);
  });

  it("follows no redirect, which would lead the signed words elsewhere", async () => {
    const elsewhere = await receiver();
    const { url } = await receiver(() => ({ status: 307, location: elsewhere.url }));
    const { endpointId } = await endpoint(url);
    await tell();
    await send();
    expect(elsewhere.calls).toEqual([]);
    expect(await statesOf(endpointId)).toMatchObject([{ state: "WAITING" }]);
  });

  it("signs by both secrets for a day after a rotation, then by the new one alone", async () => {
    const { calls, url } = await receiver();
    const { admin, endpointId, secret } = await endpoint(url);
    const { secret: next } = await rotateSecret(make.confirmed(admin, now), { endpointId });
    await tell();
    await send();
    const [both] = calls;
    for (const each of [secret, next]) expect(() => new Webhook(each).verify(both?.body ?? "", both?.headers ?? {})).not.toThrow();
    expect(both?.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    wait(25 * 60 * MINUTE_MS);
    await tell();
    await send();
    expect(calls[1]?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
  });

  it("keeps its secret sealed to its own row and shows it to nobody again", async () => {
    const { url } = await receiver();
    const { endpointId, secret } = await endpoint(url);
    const other = await endpoint(url);
    const [row] = await reader.rows<{ secret: Buffer }>("SELECT secret FROM webhook_endpoints WHERE id = $1::uuid", [endpointId]);
    expect(row?.secret.includes(Buffer.from(secret))).toBe(false);
    expect(openFor(endpointId, row?.secret ?? Buffer.alloc(0))).toBe(secret);
    expect(() => openFor(other.endpointId, row?.secret ?? Buffer.alloc(0))).toThrow();
    const audit = JSON.stringify(await make.auditOf("webhook_endpoint.added"));
    expect(audit).not.toContain(secret.slice(6));
  });

  it("is tried by a button that says what the server answered", async () => {
    const { calls, url } = await receiver((call) => (call === 1 ? 200 : 500));
    const { admin, endpointId, secret } = await endpoint(url);
    expect(await testEndpoint(make.ctxOf(admin), { endpointId })).toEqual({ ok: true, response: "HTTP 200" });
    expect(await testEndpoint(make.ctxOf(admin), { endpointId })).toEqual({ ok: false, response: "HTTP 500" });
    expect(new Webhook(secret).verify(calls[0]?.body ?? "", calls[0]?.headers ?? {})).toMatchObject({ type: "webhook.test" });
  });

  it("is set, rotated and removed only by whoever may, confirmed just now where a secret is made", async () => {
    const analyst = await make.makeUser({ roles: ["security_analyst"] });
    const given = { name: "x", url: "https://hooks.example.test/" };
    await expect(addEndpoint(make.confirmed(analyst), given)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(addEndpoint(make.ctxOf(await administrator()), given)).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
    for (const url of ["ftp://x.example", "https://me:secret@x.example/", "javascript:alert(1)", "http://169.254.169.254/latest"])
      await expect(addEndpoint(make.confirmed(await administrator()), { name: "x", url }), url).rejects.toMatchObject({
        ...(url.startsWith("http://169") ? { code: "INVALID" } : { name: "ZodError" }),
      });
  });
});

it.each([
  "http://169.254.169.254/latest/meta-data",
  "http://[fe80::1]/",
  "http://[fd00:ec2::254]/",
  "http://[::ffff:169.254.169.254]/",
  "http://0.0.0.0:80/",
  "http://100.100.100.200/",
  "http://2852039166/",
])("%s is never called, whatever stands in the table", async (url) => {
  const outcome = await callWebhook({ url, id: "msg_1", body: "{}", secrets: ["whsec_AAAA"], at: new Date() });
  expect(outcome.kind).not.toBe("accepted");
  expect(outcome.response).toMatch(/link-local or metadata|not known/);
});
