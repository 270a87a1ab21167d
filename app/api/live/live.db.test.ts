import { afterAll, expect, it, vi } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { someSignedIn } from "#lib/testing/users.ts";
import { GET } from "./route.ts";

ownTestDatabase();
const stops: (() => void)[] = [];
afterAll(() => {
  for (const stop of stops) stop();
});

const notify = (payload: string) => reader.rows("SELECT pg_notify('countersign', $1::text)", [payload]);
const isListening = async () =>
  (await reader.rows("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN countersign'")).length === 1;

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
  await vi.waitUntil(isListening, { timeout: 10_000 });
  for (const kind of ["sessions", "secret_kind", "inventory"]) await notify(JSON.stringify({ kind, sourceId: "5" }));
  // The second that anybody hears is one of these, whether or not they heard the one of the connection.
  for (const payload of ['{"kind":"all"}', '{"kind":"all"}']) await notify(payload);
  const heard = await linesUntil(analyst, (text) => text.split("data: inventory").length > 1);
  expect(heard).toContain("data: sessions\n\n");
  expect(heard).not.toMatch(/secret_kind|sourceId/);
  expect(await linesUntil(reviewer, (text) => text.split("data: all").length > 2)).not.toMatch(/sessions|inventory/);
  expect((await GET(new Request("http://localhost:3000/api/live"))).status).toBe(401);
});
