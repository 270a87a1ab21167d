import { beforeAll, describe, expect, it, vi } from "vitest";
import { ROLES } from "#lib/authz/permissions.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { type Entry, loadEntries, sendAs, signIn } from "#lib/testing/samples/entries.ts";
import type { Sent } from "#lib/testing/samples/sample.ts";
import { SAMPLES } from "#lib/testing/samples/samples.ts";

vi.mock("next/headers", () => import("#lib/testing/next-headers.ts"));
vi.mock("next/cache", () => ({ revalidatePath: () => undefined, revalidateTag: () => undefined, refresh: () => undefined }));

ownTestDatabase();
let entries: readonly Entry[];
beforeAll(async () => {
  entries = await loadEntries();
}, 300_000);

/** ASVS 5.0, 3.5.1 and 3.5.3: forged requests of another site. */
it.each<[string, Record<string, string>]>([
  ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
  ["another site, as a link or an image would", { "sec-fetch-site": "cross-site" }],
  ["nowhere (Origin: null)", { origin: "null" }],
  ["nowhere that claims to be here", { origin: "null", "sec-fetch-site": "same-origin" }],
  ["a sister site", { origin: "http://localhost:3000", "sec-fetch-site": "same-site" }],
  ["our name on another port", { origin: "http://localhost:3001", "sec-fetch-site": "same-site" }],
])("ASVS 3.5.1: every way in that changes something refuses %s, with a good cookie", async (_name, headers) => {
  const { cookie } = (await signIn(await make.makeUser({ roles: ROLES }))) ?? {};
  const wrong: string[] = [];
  for (const entry of entries.filter(({ mutates }) => mutates)) {
    const { ok, code } = await entry.send({ input: {}, params: {} }, { cookie: cookie ?? "", headers });
    if (ok || code !== "FORBIDDEN") wrong.push(`${entry.key}: ${ok ? "taken" : code}`);
  }
  expect(wrong).toEqual([]);
});

const OPERATORS: readonly unknown[] = [
  { not: "" },
  { contains: "" },
  { $ne: null },
  { in: ["a"] },
  { set: "x" },
  ["x"],
  [],
  {},
  { toString: "x" },
];
const NO_PLACE = ["' OR 1=1 --", "../../etc/passwd", "\u0000", "%00", "null", "[object Object]"];

type Path = readonly (string | number)[];
/** Where strings and numbers stand in an input. */
function leavesOf(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((each, at) => leavesOf(each, [...path, at]));
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...path, key]));
  return [path];
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((each, at) => (at === step ? replaced(each, rest, by) : each));
  return { ...(value as object), [step]: replaced((value as Record<string, unknown>)[step], rest, by) };
}

/** ASVS 5.0, 1.2 and 2.2: operators of the database library where plain values belong. */
describe.each(Object.keys(SAMPLES))("%s", (key) => {
  it("refuses an operator, a list or an object in the place of any value, a member that nobody asked for, and no object at all", async () => {
    const entry = entries.find((each) => each.key === key);
    if (!entry) throw new Error(`Nothing is called ${key}`);
    const { by, input, ...rest } = await (SAMPLES[key] as () => Promise<Sent>)();
    const who = await signIn(by);
    const wrong: string[] = [];
    const attack = async (what: string, sent: Omit<Sent, "by">) => {
      const { ok, code } = await sendAs(who, entry, sent);
      if (ok || code !== "INVALID") wrong.push(`${what}: ${ok ? "taken" : code}`);
    };
    if (input !== undefined) {
      for (const path of leavesOf(input))
        for (const operator of OPERATORS)
          await attack(`${path.join(".")} = ${JSON.stringify(operator)}`, { ...rest, input: replaced(input, path, operator) });
      await attack("a member more", { ...rest, input: { ...(input as object), OR: [{}] } });
      for (const other of [null, [], [input], "x", 7]) await attack(JSON.stringify(other), { ...rest, input: other });
    }
    for (const [name, value] of Object.entries(rest.params ?? {}))
      if (name.endsWith("Id"))
        for (const odd of [...NO_PLACE, `${value}'`])
          await attack(`${name} = ${odd}`, { ...rest, input, params: { ...rest.params, [name]: odd } });
    expect(wrong).toEqual([]);
  });
});

/** ASVS 5.0, 2.2.1 and 8.2: cursors and filters of lists, taken from the URL. */
it("no list breaks, or tells more, by what stands in its query", async () => {
  const somebody = await make.makeUser({ roles: ROLES, personId: await make.makePerson(await make.makeSource()) });
  const { cookie = "" } = (await signIn(somebody)) ?? {};
  const params = new Proxy(
    {},
    { get: (_, name) => (name === "then" ? undefined : "00000000-0000-7000-8000-000000000000"), has: () => true, ownKeys: () => [] },
  );
  const forged = Buffer.from(JSON.stringify({ id: { not: "" }, at: "x" })).toString("base64url");
  const odd = [
    ...NO_PLACE,
    forged,
    "eyJ9",
    "a".repeat(10_000),
    "-1",
    "9".repeat(40),
    "=1+1",
    "\u202e",
    "{}",
    "a.b",
    "2026-02-30T99:99:99Z,x",
  ];
  const wrong: string[] = [];
  for (const entry of entries.filter(({ mutates, permission }) => !mutates && permission !== "public"))
    for (const name of ["cursor", "after", "q", "sort", "direction", "state", "stream", "view", "where", "orderBy", "limit", "risk"])
      for (const value of odd) {
        const { code, body } = await entry.send(
          { query: { [name]: value }, params: params as Record<string, string> },
          { cookie, headers: {} },
        );
        if (code === "INTERNAL" || code === "UNAVAILABLE" || /PrismaClient|syntax error|at .*\.ts:/.test(JSON.stringify(body)))
          wrong.push(`${entry.key}?${name}=${value.slice(0, 40)}: ${code}`);
      }
  expect(wrong).toEqual([]);
}, 300_000);
