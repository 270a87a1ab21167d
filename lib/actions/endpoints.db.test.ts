import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { changedBetween, tableDigests } from "#lib/testing/digests.ts";
import { APPLIED, scriptedWriter } from "#lib/testing/removals.ts";
import { type Entry, loadEntries, sendAs, signIn } from "#lib/testing/samples/entries.ts";
import type { Sent } from "#lib/testing/samples/sample.ts";
import { SAMPLES } from "#lib/testing/samples/samples.ts";

vi.mock("next/headers", () => import("#lib/testing/next-headers.ts"));
vi.mock("next/cache", () => ({ revalidatePath: () => undefined, revalidateTag: () => undefined, refresh: () => undefined }));

/** The source that is written to is not what this is about. */
vi.mock("#lib/remediation/writer.ts", async (original) => ({
  ...(await original<typeof import("#lib/remediation/writer.ts")>()),
  openWriter: () => scriptedWriter(APPLIED).open(),
}));

const database = ownTestDatabase();
let admin: pg.Client;
let entries: readonly Entry[];

beforeAll(async () => {
  entries = await loadEntries();
  admin = new pg.Client({ connectionString: database.admin });
  await admin.connect();
  await admin.query("CREATE TRIGGER out_of_order BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change()");
  await auditStore("takes entries");
}, 120_000);
afterAll(async () => {
  await stopSender();
  await admin.end();
});

/** Sealing goes on beside every call: its tables hold nothing but what the log held before. */
const digests = () => tableDigests(admin, ["audit_leaves", "audit_nodes", "checkpoints"]);

const auditStore = (state: "takes entries" | "refuses") =>
  admin.query(`ALTER TABLE audit_events ${state === "refuses" ? "ENABLE ALWAYS" : "DISABLE"} TRIGGER out_of_order`);

const entryOf = (key: string): Entry => {
  const entry = entries.find((each) => each.key === key);
  if (!entry) throw new Error(`Nothing is called ${key}`);
  return entry;
};

it("every way in that changes something has a sample call", () => {
  const mutating = entries.filter(({ mutates }) => mutates).map(({ key }) => key);
  expect(mutating.sort()).toEqual(Object.keys(SAMPLES).sort());
});

/** A visitor's key counts for nothing, since nobody in particular holds it: each of these begins a login of its own, which nobody has confirmed. */
const EACH_IS_ITS_OWN = ["POST cli_login.ask"];

describe.each(Object.keys(SAMPLES))("%s", (key) => {
  it("changes nothing while the audit log takes no entry, then happens once for ten calls with one key", async () => {
    const entry = entryOf(key);
    const sent = await (SAMPLES[key] as () => Promise<Sent>)();
    const who = await signIn(sent.by);
    const before = await digests();
    await auditStore("refuses");
    const refused = await sendAs(who, entry, sent, randomUUID());
    await auditStore("takes entries");
    expect(changedBetween(before, await digests()), "changed without an audit entry").toEqual([]);

    const idempotencyKey = randomUUID();
    const first = await sendAs(who, entry, sent, idempotencyKey);
    expect(first).toMatchObject({ ok: true });
    const after = await digests();
    if (changedBetween(before, after).length > 0) expect(refused).toMatchObject({ ok: false, code: "UNAVAILABLE" });
    for (let time = 2; time <= 10; time += 1) {
      const again = await sendAs(who, entry, sent, idempotencyKey);
      expect(again.code, JSON.stringify(again.body)).not.toBe("INTERNAL");
      if (again.ok && !EACH_IS_ITS_OWN.includes(key)) expect(again.body).toEqual(first.body);
    }
    if (!EACH_IS_ITS_OWN.includes(key)) expect(changedBetween(after, await digests()), "happened again").toEqual([]);
  });
});
