import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, type Socket } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { type MailServer, type OnMail, startMailServer } from "#lib/testing/mail-server.ts";
import { collectMails } from "./commands/collect.ts";
import { sendDue } from "./commands/send.ts";
import { LEASE_MS } from "./deliveries.sql.ts";
import { notifyAll } from "./notify.sql.ts";
import { type MailCarrier, smtpCarrier } from "./smtp.ts";

ownTestDatabase();

const OFFICE = { isOn: true, host: "example.test", zone: "UTC" };
const FROM = "Countersign <reviews@example.test>";
const ORIGIN = "https://countersign.example.test";
const MINUTE_MS = 60_000;

/** The clock of these tests: moved by hand. */
let now = new Date("2026-11-02T10:00:00Z");
const wait = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const job = (): Ctx => make.ctxOf(systemActor("test"), now);

const open: MailServer[] = [];
const carriers: MailCarrier[] = [];
async function server(onMail?: OnMail, more: Parameters<typeof startMailServer>[0] = {}): Promise<MailServer> {
  const started = await startMailServer({ ...(onMail ? { onMail } : {}), ...more });
  open.push(started);
  return started;
}
function carrierTo(url: string, timeouts = {}): MailCarrier {
  const carrier = smtpCarrier({ url, from: FROM, origin: ORIGIN }, timeouts);
  carriers.push(carrier);
  return carrier;
}
const send = (carrier: MailCarrier) => sendDue(job(), carrier, { clock: () => now });

let source: make.TestSource;
/** As many mails that are due as people are told something. */
async function mailsDue(count: number): Promise<string[]> {
  const people: string[] = [];
  for (let index = 0; index < count; index += 1) people.push(await make.makePerson(source, { mail: `${randomUUID()}@example.test` }));
  await transactPg(job(), (tx, ctx) =>
    notifyAll(
      tx,
      ctx,
      people.map((personId) => ({
        kind: "items_waiting" as const,
        to: { personId },
        about: { kind: "campaign" as const, id: randomUUID(), label: "Q4 <review>" },
        key: `launched:${randomUUID()}`,
        data: { items: 12, zone: "Europe/Vienna" },
        due: new Date("2026-12-11T16:00:00Z"),
      })),
    ),
  );
  wait(2 * MINUTE_MS);
  await collectMails(job(), OFFICE);
  return people;
}

type Sent = { state: string; attempts: number; messageId: string; events: string[] };
const deliveriesTo = (people: readonly string[]): Promise<Sent[]> =>
  reader.rows<Sent>(
    `SELECT d.state, d.attempts, d.message_id AS "messageId", ARRAY(SELECT e.kind || coalesce(' ' || left(e.response, 3), '') FROM notification_delivery_events e
       WHERE e.delivery_id = d.id ORDER BY e.at, e.attempt, e.kind = 'attempt' DESC) AS events
     FROM notification_deliveries d WHERE d.recipient_id = ANY ($1::uuid[]) ORDER BY d.id`,
    [people],
  );
const ids = (mails: readonly { messageId: string }[]) => mails.map(({ messageId }) => messageId);

beforeEach(async () => {
  source = await make.makeSource();
});
afterEach(async () => {
  for (const carrier of carriers.splice(0)) carrier.close();
  await Promise.all(open.splice(0).map((each) => each.stop()));
  // Nothing of one test is due in the next.
  await reader.rows(
    `UPDATE notification_deliveries SET state = 'GAVE_UP', next_at = NULL, lease_until = NULL, ended_at = now() WHERE state IN ('WAITING', 'SENDING')`,
  );
});

describe("a mail", () => {
  it("arrives as words that say what to do, by when and where, from the address that was set", async () => {
    const smtp = await server();
    const people = await mailsDue(1);
    expect(await send(carrierTo(smtp.url))).toEqual({ accepted: 1, failed: 0 });
    const [mail] = smtp.received;
    const [delivery] = await deliveriesTo(people);
    expect(mail?.messageId).toBe(delivery?.messageId);
    expect(mail?.subject).toBe("12 items wait for your answer: Q4 <review>");
    expect(mail?.raw).toMatch(/^From: Countersign <reviews@example\.test>\r$/m);
    expect(mail?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    const text = mail?.raw.replaceAll("=\r\n", "") ?? "";
    expect(text).toContain("Fri 11 Dec 2026, 17:00");
    expect(text).toContain(`Open my review: ${ORIGIN}/campaigns/`);
    expect(text).toContain("Q4 &lt;review&gt;");
    expect(delivery).toMatchObject({ state: "ACCEPTED", attempts: 1, events: ["attempt", "accepted 250"] });
    const audited = (await make.auditOf("notification_delivery.accepted")).filter(({ data }) => data.messageId === delivery?.messageId);
    expect(audited).toHaveLength(1);
  });

  it("that waits with a hundred others is sent once, whichever of several workers takes it", async () => {
    const smtp = await server();
    const people = await mailsDue(100);
    await Promise.all(Array.from({ length: 3 }, () => send(carrierTo(smtp.url))));
    expect(ids(smtp.received).toSorted()).toEqual(ids(await deliveriesTo(people)).toSorted());
    await send(carrierTo(smtp.url));
    expect(smtp.received).toHaveLength(100);
  });

  it.each([
    ["for good", 550, "REFUSED", ["attempt", "refused 550"]],
    ["for now", 451, "WAITING", ["attempt", "deferred 451"]],
  ])("whose content is refused %s is kept with what the server said", async (_name, code, state, events) => {
    const smtp = await server(() => ({ refuse: code }));
    const people = await mailsDue(1);
    expect(await send(carrierTo(smtp.url))).toEqual({ accepted: 0, failed: 1 });
    expect(await deliveriesTo(people)).toMatchObject([{ state, events }]);
  });

  it("to an address that does not exist hinders nobody else's", async () => {
    let refused = "";
    const smtp = await server(undefined, {
      onRcptTo: ({ address }, _session, done) => {
        refused ||= address;
        done(address === refused ? Object.assign(new Error("no such user"), { responseCode: 550 }) : undefined);
      },
    });
    const people = await mailsDue(5);
    await send(carrierTo(smtp.url));
    const states = (await deliveriesTo(people)).map(({ state }) => state).toSorted();
    expect(states).toEqual(["ACCEPTED", "ACCEPTED", "ACCEPTED", "ACCEPTED", "REFUSED"]);
  });

  it("is tried again under its Message-ID, later each time, and given up after three days", async () => {
    let tries = 0;
    const seen: string[] = [];
    const smtp = await server(({ messageId }) => {
      tries += 1;
      seen.push(messageId);
      return { refuse: 451 };
    });
    const people = await mailsDue(1);
    const carrier = carrierTo(smtp.url);
    for (let hours = 0; hours <= 73; hours += 1) {
      await send(carrier);
      wait(60 * MINUTE_MS);
    }
    const [delivery] = await deliveriesTo(people);
    expect(delivery).toMatchObject({ state: "GAVE_UP", attempts: tries });
    expect(new Set(seen)).toEqual(new Set([delivery?.messageId]));
    expect(smtp.received).toEqual([]);
  });
});

describe("a server that is", () => {
  it("down for an hour costs nothing: all arrive once it is back, each once", async () => {
    const first = await server();
    await first.stop();
    const people = await mailsDue(40);
    const carrier = carrierTo(first.url);
    for (let minutes = 0; minutes < 60; minutes += 1) {
      await send(carrier);
      wait(MINUTE_MS);
    }
    const attempts = (await deliveriesTo(people)).reduce((sum, each) => sum + each.attempts, 0);
    expect(attempts, "others wait while one finds out that it is down").toBeLessThan(40 * 10);
    const back = await server(undefined, { port: first.port });
    for (let minutes = 0; minutes < 16; minutes += 1) {
      await send(carrier);
      wait(MINUTE_MS);
    }
    expect(ids(back.received).toSorted()).toEqual(ids(await deliveriesTo(people)).toSorted());
    expect((await deliveriesTo(people)).every(({ state }) => state === "ACCEPTED")).toBe(true);
  });

  it("silent is given up on after its time, and its mail tried again", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const people = await mailsDue(1);
    await send(carrierTo(`smtp://127.0.0.1:${port}`, { greetingTimeout: 200, connectionTimeout: 200 }));
    expect(await deliveriesTo(people)).toMatchObject([{ state: "WAITING", attempts: 1 }]);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    const smtp = await server();
    wait(2 * MINUTE_MS);
    await send(carrierTo(smtp.url));
    expect(ids(smtp.received)).toEqual(ids(await deliveriesTo(people)));
  });

  it("slow keeps its worker waiting and loses nothing", async () => {
    const smtp = await server(async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return undefined;
    });
    const people = await mailsDue(6);
    await send(carrierTo(smtp.url));
    expect(ids(smtp.received).toSorted()).toEqual(ids(await deliveriesTo(people)).toSorted());
  });
});

describe("a worker that is killed", () => {
  const SCRIPT = path.join(import.meta.dirname, "../testing/send-child.ts");
  const child = (url: string): ChildProcess =>
    spawn(process.execPath, ["--conditions=react-server", SCRIPT, url, now.toISOString(), FROM, ORIGIN], {
      stdio: "inherit",
      env: process.env,
    });
  const ended = (process_: ChildProcess) =>
    new Promise<NodeJS.Signals | null>((resolve) => process_.once("close", (_code, signal) => resolve(signal)));

  it("before it begins, between the server's yes and its record, or after many: each mail arrives, repeated only under its Message-ID", async () => {
    let worker: ChildProcess | null = null;
    let killAt = Number.POSITIVE_INFINITY;
    let taken = 0;
    const smtp = await server(async () => {
      taken += 1;
      if (taken === killAt && worker) {
        // The message is here; the worker never hears of it.
        const over = ended(worker);
        worker.kill("SIGKILL");
        await over;
      }
      return undefined;
    });
    const people = await mailsDue(30);
    const kills = [1, 3, 4];
    for (const kill of kills) {
      killAt = taken + kill;
      worker = child(smtp.url);
      expect(await ended(worker)).toBe("SIGKILL");
      worker = null;
      wait(LEASE_MS + 1);
    }
    killAt = Number.POSITIVE_INFINITY;
    await send(carrierTo(smtp.url));
    const deliveries = await deliveriesTo(people);
    expect(deliveries.every(({ state }) => state === "ACCEPTED")).toBe(true);
    expect(new Set(ids(smtp.received))).toEqual(new Set(ids(deliveries)));
    const copies = smtp.received.length - deliveries.length;
    expect(copies, "no more than were in flight at each kill").toBeLessThanOrEqual(kills.length * 4);
    expect(copies).toBeGreaterThan(0);
    const bodies = Map.groupBy(smtp.received, ({ messageId }) => messageId);
    for (const same of bodies.values()) expect(new Set(same.map(({ raw }) => withoutBoundaries(raw))).size).toBe(1);
  });

  it("holds up nobody: what it had begun is another's once its lease is over, and not before", async () => {
    const smtp = await server();
    const people = await mailsDue(1);
    await reader.rows(
      `UPDATE notification_deliveries SET state = 'SENDING', attempts = 1, next_at = NULL, lease_until = $2::timestamptz WHERE recipient_id = ANY ($1::uuid[])`,
      [people, new Date(now.getTime() + LEASE_MS)],
    );
    await send(carrierTo(smtp.url));
    expect(smtp.received).toEqual([]);
    wait(LEASE_MS);
    await send(carrierTo(smtp.url));
    expect(await deliveriesTo(people)).toMatchObject([{ state: "ACCEPTED", attempts: 2 }]);
  });
});

/** The parts of a mail are set apart by random lines; all else is the same each time. */
const withoutBoundaries = (raw: string): string => raw.replaceAll(/--_NmP-[\w-]+|boundary="[^"]+"/g, "");
