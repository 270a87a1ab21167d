import path from "node:path";
import { type Browser, chromium } from "@playwright/test";
import { closePools } from "#lib/db/pool.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { reader } from "#lib/db/transact.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { foldDeltas } from "#lib/sessions/rollup.sql.ts";
import config from "../playwright.config.ts";
import { CROWD, type Edition, THRONG } from "./data.ts";
import { importAll, prepareLog } from "./events.ts";
import { median } from "./figures.ts";
import { machineLine } from "./harness.ts";
import { type Load, pressAll, scrollThrough, type Visit, visit } from "./page.ts";
import { activeCampaign, personId, user } from "./review.ts";
import { addFilesSource, settle, sync, upload, writeData } from "./source.ts";
import { openStand, type Stand } from "./torture/stand.ts";
import { cookieOf } from "./torture/token.ts";
import { UNTIL } from "./trail-data.ts";

export type BrowserFigure = { page: string; figure: string; seen: number; unit: string; target: number | null; met: boolean | null };
type Progress = (line: string) => void;

const LOADS = 5;
const DECISIONS = 30;
/** So few that hardly anything is held but what the crowd holds: one reviewer's items. */
const GRANTS = 12;
const EVENTS = 100_000;
/** One session each a day. */
const USERS = 334;
/** Each of the three answers to whether a session is privileged, and back to any. */
const CHOICES = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"];

/** What a browser on a slow processor takes for the two busiest pages, built as it is delivered. */
export async function browserFigures(progress: Progress): Promise<BrowserFigure[]> {
  const stand = await openStand({ progress });
  const browser = await chromium.launch(config.use?.launchOptions);
  try {
    const { url } = await stand.web();
    const { rows } = await stand.admin.query<{ server_version: string }>("SHOW server_version");
    progress(`${machineLine(rows[0]?.server_version ?? "unknown")}, Chromium ${browser.version()}`);
    const place = { stand, sourceId: await addFilesSource("Directory"), browser, url, progress };
    return [...(await reviewFigures(place)), ...(await boardFigures(place)), ...(await throngFigures(place))];
  } finally {
    await browser.close();
    await stopSender();
    await closePrisma();
    await closePools();
    await stand.end();
  }
}

type Place = { stand: Stand; sourceId: string; browser: Browser; url: string; progress: Progress };

/** One reviewer's page, with so many items. */
async function reviewOf(edition: Edition, least: number, { stand: { admin, folder }, sourceId, browser, url, progress }: Place) {
  const data = path.join(folder, edition);
  writeData(data, GRANTS, edition);
  await upload(sourceId, data);
  await sync(sourceId);
  const campaignId = await activeCampaign(admin, sourceId);
  const head = await personId(admin, "p0000000");
  const { rows } = await admin.query<{ items: number }>(
    "SELECT count(*)::int AS items FROM items WHERE campaign_id = $1 AND reviewer_id = $2",
    [campaignId, head],
  );
  const items = rows[0]?.items ?? 0;
  if (items < least) throw new Error(`The reviewer has ${items} items.`);
  progress(`a reviewer with ${items} items`);
  const reviewer = await user("Head of the organisation", "reviewer", head);
  return { campaignId, of: { browser, address: `${url}/campaigns/${campaignId}/review`, cookie: await cookieOf(reviewer.userId) } };
}

async function reviewFigures(place: Place): Promise<BrowserFigure[]> {
  const { campaignId, of } = await reviewOf("crowd", CROWD, place);
  const loads = await inTurn(() => visit(of, async (_, load) => load), place.progress);
  const keys = Array.from({ length: DECISIONS }, () => ["j", "y"]).flat();
  const inp = await visit(of, (page) => pressAll(page, keys));
  const { rows: decided } = await place.stand.admin.query("SELECT FROM items WHERE campaign_id = $1 AND state = 'DRAFTED'", [campaignId]);
  if (decided.length !== DECISIONS) throw new Error(`${decided.length} of ${DECISIONS} items were decided.`);
  return [
    ...loadFigures("review", loads),
    figure("review", `INP, ${DECISIONS} decided by keyboard`, inp, "ms", 100),
    ...(await scrollFigures("review", of, place.progress)),
  ];
}

/** The same page with ten times the items: it is scrolled, and nothing else. */
async function throngFigures(place: Place): Promise<BrowserFigure[]> {
  const { of } = await reviewOf("throng", THRONG, place);
  return scrollFigures("review, 100,000", of, place.progress);
}

async function scrollFigures(page: string, of: Visit, progress: Progress): Promise<BrowserFigure[]> {
  const scrolled = await visit(of, scrollThrough);
  progress(`${scrolled.frames} frames of scrolling`);
  return [
    figure(page, "frames over 32 ms, scrolling", scrolled.slow * 100, "%", 5),
    figure(page, "most DOM nodes, scrolling", scrolled.nodes, "", 1_500),
  ];
}

async function boardFigures({ stand: { admin, folder }, browser, url, progress }: Place): Promise<BrowserFigure[]> {
  const log = await prepareLog({ folder, events: EVENTS, users: USERS, progress });
  await importAll(log.sourceId, log.folder, log.files);
  await foldDeltas(reader);
  await settle(admin);
  const { rows } = await admin.query<{ sessions: number }>("SELECT count(*)::int AS sessions FROM sessions");
  progress(`a board of ${rows[0]?.sessions} sessions, ${EVENTS} events`);
  const { userId } = await user("Security", "security_analyst");
  const query = new URLSearchParams({ show: "all", range: "month", until: new Date(UNTIL).toISOString() });
  const of = { browser, address: `${url}/sessions?${query}`, cookie: await cookieOf(userId) };
  const loads = await inTurn(() => visit(of, async (_, load) => load), progress);
  const inp = await visit(of, async (page) => {
    await page.getByRole("combobox", { name: "Privilege", exact: true }).focus();
    return pressAll(page, CHOICES, { changesAddress: true });
  });
  return [...loadFigures("sessions", loads), figure("sessions", "INP, choosing a filter", inp, "ms", 100)];
}

/** One to warm the server up, which does not count. */
async function inTurn(load: () => Promise<Load>, progress: Progress): Promise<Load[]> {
  const loads: Load[] = [];
  for (let at = 0; at <= LOADS; at += 1) {
    const seen = await load();
    progress(`${at === 0 ? "warm-up" : `${at}/${LOADS}`} ${JSON.stringify(seen)}`);
    if (at > 0) loads.push(seen);
  }
  return loads;
}

function loadFigures(page: string, loads: readonly Load[]): BrowserFigure[] {
  const middle = (of: keyof Load) => median(loads.map((load) => load[of]));
  return [
    figure(page, "LCP", middle("lcp"), "ms", 1_200),
    figure(page, "CLS", middle("cls"), "", 0.02),
    figure(page, "JavaScript, gzipped", middle("scripts"), "KB", page === "review" ? 240 : null),
    figure(page, "DOM nodes", middle("nodes"), "", 1_500),
  ];
}

function figure(page: string, name: string, value: number, unit: string, target: number | null): BrowserFigure {
  const digits = value < 1 ? 4 : value < 100 ? 1 : 0;
  return { page, figure: name, seen: Number(value.toFixed(digits)), unit, target, met: target === null ? null : value <= target };
}

export function browserTable(figures: readonly BrowserFigure[]): string {
  const rows = figures.map(({ page, figure: name, seen, unit, target, met }) => [
    page,
    name,
    `${seen.toLocaleString("en")} ${unit}`.trim(),
    target === null ? "none" : `<= ${target.toLocaleString("en")} ${unit}`.trim(),
    met === null ? "" : met ? "yes" : "no",
  ]);
  const header = ["page", "figure", "seen", "target", "met"];
  return [header, header.map(() => "---"), ...rows].map((line) => `| ${line.join(" | ")} |`).join("\n");
}
