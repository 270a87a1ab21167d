import { existsSync } from "node:fs";
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import { parse } from "csv-parse/sync";
import { ROLES } from "#lib/authz/permissions.ts";
import { FORMULA_START } from "#lib/evidence/csv.ts";
import { makeUser as makeActor } from "#lib/testing/factories.ts";
import { signedOffCampaign } from "#lib/testing/signed-off-campaign.ts";
import type { Experiment } from "./experiment.ts";
import { routesByFile, textOf } from "./routes.ts";
import { openStand } from "./stand.ts";
import { cookieOf } from "./token.ts";

const PAGES = { short: 25, long: 400 } as const;
/** Pages that differ by nothing but the subject: this many of each are enough. */
const ALIKE = { short: 1, long: 6 } as const;
const CHROMIUM = "/usr/bin/chromium";

/** An inventory, a review and users whose every text is an attack, and every page that leads from the first one walked in a browser. */
export const hostile: Experiment = {
  name: "hostile",
  promises: "P9",
  what: "XSS and formula strings in every shown field: every page walked in Chromium, every CSV read",
  run: async ({ form, progress }) => {
    const stand = await openStand({ progress });
    const browser = await chromium.launch({
      ...(existsSync(CHROMIUM) ? { executablePath: CHROMIUM } : {}),
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
    try {
      const { campaignId, source, people } = await signedOffCampaign();
      // Nobody in the product may hold all of these together; here it is to see all there is.
      const everybody = await makeActor({ roles: ROLES, personId: people.mia, label: "=Everybody <script>alert(1)</script>" });
      const web = await stand.web();
      const cookie = await cookieOf(everybody.userId);
      const context = await browser.newContext();
      await context.addCookies([
        { name: cookie.name, value: cookie.value, domain: "localhost", path: "/", secure: true, httpOnly: true, sameSite: "Lax" },
      ]);
      const walked = await walk(context, web.url, [`/campaigns/${campaignId}/review`, `/sources/${source.id}`], form);
      const exports = await readExports(web.url, `${cookie.name}=${cookie.value}`, {
        campaignId,
        sourceId: source.id,
        runId: source.runId,
      });
      const kinds = new Set(walked.pages.map(kindOf)).size;
      progress(`walked ${walked.pages.join(" ")}`);
      const enough = walked.pages.length >= 15 ? [] : [`only ${walked.pages.length} pages were found`];
      return {
        figures: { pages: walked.pages.length, "kinds of page": kinds, "routes read": exports.read, "CSV files": exports.csv },
        broken: [...walked.broken, ...exports.broken, ...enough],
      };
    } finally {
      await browser.close();
      await stand.end();
    }
  },
};

const kindOf = (path: string) => (path.split("?")[0] ?? "").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\/\d+$/g, "/id");

/** What an injected text would have done by now. Kept by the page itself, before anything of ours runs. */
const WATCH = () => {
  const seen: string[] = [];
  Object.assign(globalThis, { seenByTorture: seen });
  document.addEventListener("securitypolicyviolation", (event) =>
    seen.push(`policy violated: ${event.violatedDirective} ${event.blockedURI}`),
  );
};

async function walk(context: BrowserContext, origin: string, first: readonly string[], form: keyof typeof PAGES) {
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  const broken: string[] = [];
  page.on("dialog", (dialog) => {
    broken.push(`${page.url()} opened a dialog`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => broken.push(`${page.url()}: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 500) broken.push(`${response.url()} answered ${response.status()}`);
  });
  const waiting = ["/", ...first];
  const known = new Set(waiting);
  const times = new Map<string, number>();
  const pages: string[] = [];
  for (let path = waiting.shift(); path !== undefined && pages.length < PAGES[form]; path = waiting.shift()) {
    const kind = kindOf(path);
    const walked = times.get(kind) ?? 0;
    if (walked >= ALIKE[form]) continue;
    times.set(kind, walked + 1);
    await page.goto(`${origin}${path}`, { waitUntil: "load" });
    // A page with a live stream is never idle; one that leads on at once is, where it led.
    await page.waitForLoadState("networkidle", { timeout: 2_000 }).catch(() => {});
    pages.push(path);
    broken.push(...(await injectedInto(page)).map((what) => `${path}: ${what}`));
    for (const link of await linksOf(page)) if (!known.has(link) && known.add(link)) waiting.push(link);
  }
  return { pages, broken };
}

const injectedInto = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const seen = [...((globalThis as unknown as { seenByTorture?: string[] }).seenByTorture ?? [])];
    const ours = (element: Element) =>
      element instanceof HTMLScriptElement && (element.nonce !== "" || element.src.startsWith(location.origin));
    for (const script of document.querySelectorAll("script")) if (!ours(script)) seen.push(`a script: ${script.textContent?.slice(0, 60)}`);
    for (const element of document.querySelectorAll("[onerror], [onload], img[src='x']"))
      seen.push(`an element: ${element.outerHTML.slice(0, 80)}`);
    for (const link of document.querySelectorAll("a[href]"))
      if (/^(javascript|data):/i.test(link.getAttribute("href") ?? "")) seen.push("a link that runs");
    return seen;
  });

const linksOf = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>("a[href]")]
      .filter(({ origin, pathname }) => origin === location.origin && !pathname.startsWith("/api/"))
      .map(({ pathname, search }) => pathname + search),
  );

/** Every route that only reads, with this world's ids: what answers with CSV starts no formula in any cell. */
async function readExports(origin: string, cookie: string, params: Record<string, string>) {
  const startsFormula = new RegExp(FORMULA_START, "u");
  const broken: string[] = [];
  let [read, csv] = [0, 0];
  for (const { route, pathname } of await routesByFile()) {
    if (route.method !== "GET" || /sign_in|step_up/.test(route.name)) continue;
    const response = await fetch(`${origin}${pathname(params)}`, { headers: { cookie }, redirect: "manual" });
    const text = await textOf(response);
    read += 1;
    if (response.status >= 500) broken.push(`${route.name} answered ${response.status}`);
    if (!/text\/csv/.test(response.headers.get("content-type") ?? "")) continue;
    csv += 1;
    if (parse(text).some((row) => row.some((cell) => startsFormula.test(cell)))) broken.push(`${route.name} starts a formula`);
  }
  return { read, csv, broken };
}
