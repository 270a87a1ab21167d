import { afterAll, expect, it, vi } from "vitest";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { someSignedIn } from "#lib/testing/users.ts";
import { GET } from "../../app/api/live/route.ts";
import { type Hint, listen } from "./hints.ts";
import { reader } from "./transact.ts";

vi.mock("next/headers", () => import("#lib/testing/next-headers.ts"));

ownTestDatabase();
const stops: (() => void)[] = [];
afterAll(() => {
  for (const stop of stops) stop();
});

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

/** Reads a stream's lines until one fits, or for a moment. */
async function linesUntil(response: Response, fits: (text: string) => boolean): Promise<string> {
  const body = response.body?.getReader();
  let text = "";
  while (body && !fits(text)) text += new TextDecoder().decode((await body.read()).value);
  stops.push(() => void body?.cancel());
  return text;
}

it("a stream tells only what its reader may hear of, and never whose it is", async () => {
  const open = async (...roles: Parameters<typeof someSignedIn>[0] & object) => {
    const { cookie } = await someSignedIn(roles);
    return GET(new Request("http://localhost:3000/api/live", { headers: { cookie: `${cookie.name}=${cookie.value}` } }));
  };
  const [analyst, reviewer] = [await open("security_analyst"), await open("reviewer")];
  expect(analyst.headers.get("content-type")).toContain("text/event-stream");
  await vi.waitUntil(async () => (await listeners()) === 1, { timeout: 10_000 });
  for (const kind of ["sessions", "secret_kind", "inventory"]) await notify(JSON.stringify({ kind, sourceId: "5" }));
  await notify('{"kind":"all"}');
  const heard = await linesUntil(analyst, (text) => text.split("data: inventory").length > 1);
  expect(heard).toContain("data: sessions\n\n");
  expect(heard).not.toMatch(/secret_kind|sourceId/);
  expect(await linesUntil(reviewer, (text) => text.includes("data: all"))).not.toMatch(/sessions|inventory/);
  expect((await GET(new Request("http://localhost:3000/api/live"))).status).toBe(401);
});
