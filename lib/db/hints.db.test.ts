import { expect, it, vi } from "vitest";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { type Hint, listen } from "./hints.ts";
import { reader } from "./transact.ts";

ownTestDatabase();

const notify = (payload: string) => reader.rows("SELECT pg_notify('countersign', $1::text)", [payload]);
const listeners = async () => {
  const [row] = await reader.rows<{ count: number }>(
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN countersign'",
  );
  return row?.count ?? -1;
};

it("one connection serves all who listen, is opened anew when it breaks, and closes after the last", async () => {
  const heard: [Hint[], Hint[]] = [[], []];
  const [first, second] = heard.map((hints) =>
    listen(
      (hint) => hints.push(hint),
      () => {},
    ),
  );
  await vi.waitUntil(() => heard[0].some(({ kind }) => kind === "all"), { timeout: 10_000 });
  expect(await listeners()).toBe(1);
  await notify('{"kind":"sessions","sourceId":"1"}');
  await notify("not a hint");
  await vi.waitUntil(() => heard.every((hints) => hints.some(({ kind }) => kind === "sessions")), { timeout: 10_000 });

  heard[0].length = 0;
  await reader.rows(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN countersign'",
  );
  // Whatever was missed meanwhile is unknown, so that everybody is told to look again.
  await vi.waitUntil(() => heard[0].some(({ kind }) => kind === "all"), { timeout: 10_000 });
  first?.();
  expect(await listeners()).toBe(1);
  second?.();
  await vi.waitUntil(async () => (await listeners()) === 0, { timeout: 10_000 });
});
