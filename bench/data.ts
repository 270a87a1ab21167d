import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";

/**
 * An organisation that is the same at every run: people in a tree, an identity each and some services, entitlements on resources, fifty grants
 * an identity. Written as CSV in our own columns, so that no mapping has to be guessed. Run as a program, so that making the data
 * leaves nothing in the memory that is measured:  node bench/data.ts <folder> <grants> whole|before|after|crowd|throng
 */
export type Edition =
  /** Every grant. */
  | "whole"
  /** Two exports of one source: from either to the other about one grant in a hundred is changed, ended or new. */
  | "before"
  | "after"
  /** As whole, and the first manager has 10,000 more reports who all hold the first entitlement. */
  | "crowd"
  /** And 100,000 more. */
  | "throng";

export const STREAM_FILES = ["people", "identities", "resources", "entitlements", "grants"] as const;
export type StreamFile = (typeof STREAM_FILES)[number];
export const fileOf = (folder: string, stream: StreamFile): string => path.join(folder, `${stream}.csv`);

export const HEADERS: Readonly<Record<StreamFile, readonly string[]>> = {
  people: ["external_id", "name", "mail", "user_name", "title", "department", "manager", "employment", "status", "started_on"],
  identities: [
    "external_id",
    "name",
    "login",
    "mail",
    "class",
    "status",
    "person",
    "owner",
    "environment",
    "interactive",
    "created",
    "last_used",
  ],
  resources: ["external_id", "name", "class", "environment", "sensitivity", "owner"],
  entitlements: ["external_id", "resource", "name", "meaning", "privileged"],
  grants: ["holder_kind", "holder", "entitlement", "started", "expires", "last_used", "granted_by", "reason", "options"],
};

export const CROWD = 10_000;
export const THRONG = 100_000;
const GRANTS_EACH = 50;
/** Held by everyone; the other forty-five are spread. */
const BIRTHRIGHTS = 5;
const REPORTS = 8;
const ENTITLEMENTS: readonly number[] = [127, 409, 4001];
const EPOCH = Date.UTC(2026, 10, 1, 8);
const DAY = 86_400_000;

/** mulberry32: small, fast and the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const instant = (daysBefore: number): string =>
  new Date(EPOCH - Math.floor(daysBefore * 24) * 3_600_000).toISOString().replace(".000Z", "Z");
const day = (daysBefore: number): string => new Date(EPOCH - daysBefore * DAY).toISOString().slice(0, 10);
const person = (at: number): string => `p${String(at).padStart(7, "0")}`;
const account = (at: number): string => `u${String(at).padStart(7, "0")}`;
const entitlement = (at: number): string => `app-${String(at % 997).padStart(3, "0")}:role-${String(at).padStart(5, "0")}`;
const resource = (at: number): string => `app-${String(at).padStart(4, "0")}`;

const DEPARTMENTS = ["Finance", "Logistics", "Platform", "Sales", "Support", "Treasury"];
const TITLES = ["Analyst", "Engineer", "Clerk", "Lead", "Controller"];
const of = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

type Shape = { grants: number; identities: number; people: number; entitlements: number; resources: number; crowd: number };

export function shapeOf(grants: number, edition: Edition): Shape {
  const identities = Math.ceil(grants / GRANTS_EACH);
  const entitlements = ENTITLEMENTS.find((prime) => prime >= grants / 250) ?? 4001;
  const resources = Math.ceil(entitlements / 8);
  const crowd = edition === "crowd" ? CROWD : edition === "throng" ? THRONG : 0;
  return { grants, identities, people: Math.ceil(identities * 0.95), entitlements, resources, crowd };
}

export function* linesOf(stream: StreamFile, grants: number, edition: Edition): Generator<string> {
  yield HEADERS[stream].join(",");
  const shape = shapeOf(grants, edition);
  if (stream === "people") yield* people(shape);
  else if (stream === "identities") yield* identities(shape);
  else if (stream === "resources") yield* resources(shape);
  else if (stream === "entitlements") yield* entitlements(shape);
  else yield* grantLines(shape, edition);
}

const managerOf = (at: number, shape: Shape): number => (at >= shape.people ? 0 : Math.floor((at - 1) / REPORTS));

function* people(shape: Shape): Generator<string> {
  for (let at = 0; at < shape.people + shape.crowd; at += 1) {
    const manager = at === 0 ? "" : person(managerOf(at, shape));
    const left = at > 1000 && at < shape.people && at % 211 === 0 ? "left" : "active";
    yield `${person(at)},Person ${at},person.${at}@example.test,person.${at},${of(TITLES, at)},${of(DEPARTMENTS, at)},${manager},employee,${left},${day(400 + (at % 3000))}`;
  }
}

function* identities(shape: Shape): Generator<string> {
  const next = random(11);
  for (let at = 0; at < shape.identities + shape.crowd; at += 1) {
    const isCrowd = at >= shape.identities;
    const who = isCrowd ? at - shape.identities + shape.people : at;
    const isHuman = isCrowd || at < shape.people;
    const used = isCrowd ? instant(3) : instant(next() * 200);
    yield isHuman
      ? `${account(at)},Account ${at},person.${who},person.${who}@example.test,human,active,${person(who)},,prod,yes,${instant(500 + (at % 900))},${used}`
      : `${account(at)},svc-${at},svc-${at},,service,active,,${person(at % 50)},prod,no,${instant(500 + (at % 900))},${used}`;
  }
}

function* resources(shape: Shape): Generator<string> {
  for (let at = 0; at < shape.resources; at += 1) {
    const environment = of(["prod", "prod", "test", "dev"], at);
    const sensitivity = of(["internal", "confidential", "restricted", "internal"], at);
    yield `${resource(at)},Application ${at},${of(["database", "other", "role"], at)},${environment},${sensitivity},${person(8 + (at % 60))}`;
  }
}

function* entitlements(shape: Shape): Generator<string> {
  for (let at = 0; at < shape.entitlements; at += 1) {
    const privileged = at % 17 === 0 && at > 0 ? "yes" : at % 29 === 0 && at > 0 ? "unknown" : "no";
    yield `${entitlement(at)},${resource(at % shape.resources)},Role ${at} of application ${at % shape.resources},Lets its holder do what role ${at} does,${privileged}`;
  }
}

/** What the two editions differ in, by the grant's number: four in a thousand changed, two ended, two new, two used since. */
type Fate = "same" | "changed" | "only before" | "only after" | "used";
const FATES: readonly Fate[] = [
  "changed",
  "changed",
  "changed",
  "changed",
  "only before",
  "only before",
  "only after",
  "only after",
  "used",
  "used",
];
/** Spread over the whole file: changes that lie together would touch a hundredth of the pages. */
const fateOf = (number: number): Fate => FATES[(number * 7919) % 1000] ?? "same";

function* grantLines(shape: Shape, edition: Edition): Generator<string> {
  const next = random(7);
  const nested = Math.floor(shape.entitlements / 10);
  for (let at = 0; at < nested; at += 1) {
    yield `entitlement,${entitlement(BIRTHRIGHTS + at * 3)},${entitlement(BIRTHRIGHTS + at * 3 + 1 + (at % 7))},,never,,,,`;
  }
  let number = 0;
  const spread = shape.entitlements - BIRTHRIGHTS;
  for (let holder = 0; number < shape.grants - nested; holder += 1) {
    const first = Math.floor(next() * spread);
    const stride = 1 + Math.floor((next() * spread) / GRANTS_EACH);
    const boss = account(holder < shape.people ? managerOf(Math.max(1, holder), shape) : holder % 50);
    for (let nth = 0; nth < GRANTS_EACH && number < shape.grants - nested; nth += 1, number += 1) {
      const which = nth < BIRTHRIGHTS ? nth : BIRTHRIGHTS + ((first + (nth - BIRTHRIGHTS) * stride) % spread);
      const dice = next();
      const fate = edition === "before" || edition === "after" ? fateOf(number) : "same";
      if ((fate === "only before" && edition === "after") || (fate === "only after" && edition === "before")) continue;
      const expires = dice < 0.1 ? instant(-30 - dice * 3000) : "never";
      const used = dice > 0.95 ? "never" : instant(fate === "used" && edition === "after" ? 0 : 1 + dice * 300);
      const reason = fate === "changed" && edition === "after" ? `Request ${number} reviewed` : `Request ${number} approved`;
      const options = dice > 0.97 ? "with admin option" : "";
      yield `identity,${account(holder)},${entitlement(which)},${instant(300 + dice * 1500)},${expires},${used},${dice < 0.3 ? boss : ""},${reason},${options}`;
    }
  }
  for (let at = 0; at < shape.crowd; at += 1) {
    yield `identity,${account(shape.identities + at)},${entitlement(0)},${instant(400)},never,${instant(3)},,Joiner,`;
  }
}

export function writeInventory(folder: string, grants: number, edition: Edition): void {
  mkdirSync(folder, { recursive: true });
  for (const stream of STREAM_FILES) {
    const file = openSync(fileOf(folder, stream), "w");
    let lines: string[] = [];
    for (const line of linesOf(stream, grants, edition)) {
      if (lines.push(line) < 20_000) continue;
      writeSync(file, `${lines.join("\n")}\n`);
      lines = [];
    }
    writeSync(file, lines.map((line) => `${line}\n`).join(""));
    closeSync(file);
  }
}

if (import.meta.main) {
  const [folder = "", grants = "", edition = "whole"] = process.argv.slice(2);
  writeInventory(folder, Number(grants), edition as Edition);
}
