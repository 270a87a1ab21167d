import type { Browser, BrowserContext, Page } from "@playwright/test";

/** How much slower than this machine the browser's processor is made. */
export const THROTTLED = 4;

export type Visit = { browser: Browser; address: string; cookie: { name: string; value: string } };
export type Load = { lcp: number; cls: number; scripts: number; nodes: number };
type Seen = { lcp: number; shift: number; durations: Record<number, number> };

/** What the browser tells while the page lives, kept in the page: begun before anything of the page runs. */
function watch(): void {
  const seen: Seen = { lcp: 0, shift: 0, durations: {} };
  Object.assign(window, { seen });
  const each = <Entry>(type: string, run: (entry: Entry) => void, options = {}) =>
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) run(entry as Entry);
    }).observe({ type, buffered: true, ...options });
  each<PerformanceEntry>("largest-contentful-paint", ({ startTime }) => {
    seen.lcp = startTime;
  });
  each<{ value: number; hadRecentInput: boolean }>("layout-shift", ({ value, hadRecentInput }) => {
    if (!hadRecentInput) seen.shift += value;
  });
  const keep = ({ interactionId, duration }: { interactionId: number; duration: number }) => {
    if (interactionId) seen.durations[interactionId] = Math.max(seen.durations[interactionId] ?? 0, duration);
  };
  each("event", keep, { durationThreshold: 16 });
}

const seenOn = (page: Page): Promise<Seen> => page.evaluate(() => (window as unknown as { seen: Seen }).seen);

/** A browser without any cache, on a slow processor, signed in; what `work` answers with once the page is still. */
export async function visit<Found>({ browser, address, cookie }: Visit, work: (page: Page, load: Load) => Promise<Found>): Promise<Found> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  try {
    const { hostname: domain } = new URL(address);
    await context.addCookies([{ ...cookie, domain, path: "/", secure: true, httpOnly: true, sameSite: "Lax" }]);
    await context.addInitScript(watch);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: THROTTLED });
    await page.goto(address);
    await page.getByRole("row").nth(2).waitFor();
    return await work(page, await still(page));
  } finally {
    await context.close();
  }
}

/** Until a second brings nothing more. */
async function still(page: Page): Promise<Load> {
  for (let before = ""; ; ) {
    const { lcp, shift } = await seenOn(page);
    const { scripts, nodes } = await page.evaluate(() => ({
      scripts: performance
        .getEntriesByType("resource")
        .filter(({ name }) => new URL(name).pathname.endsWith(".js"))
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
      nodes: document.querySelectorAll("*").length,
    }));
    const load = { lcp, cls: shift, scripts: scripts / 1024, nodes };
    if (JSON.stringify(load) === before) return load;
    before = JSON.stringify(load);
    await page.waitForTimeout(1_000);
  }
}

type Presses = {
  /** Each key asks the server for another page. */
  changesAddress?: boolean;
};

/** Presses one key after the other, each when the one before is drawn. Of the interactions, the longest but one in fifty. */
export async function pressAll(page: Page, keys: readonly string[], { changesAddress = false }: Presses = {}): Promise<number> {
  for (const key of keys) {
    const before = page.url();
    await page.keyboard.press(key);
    if (changesAddress) await page.waitForURL(({ href }) => href !== before);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }
  await page.waitForTimeout(1_000);
  const longest = Object.values((await seenOn(page)).durations).sort((a, b) => b - a);
  if (longest.length === 0) throw new Error("The browser told of no interaction.");
  return longest[Math.floor(keys.length / 50)] ?? 0;
}

const SCROLL_MS = 20_000;
const SLOW_FRAME_MS = 32;

export type Scrolled = { slow: number; frames: number; nodes: number };

/** From the first line to the last in twenty seconds: the share of frames that were late, and the most nodes there were. */
export function scrollThrough(page: Page): Promise<Scrolled> {
  return page.evaluate(
    ({ whole, late }) =>
      new Promise<Scrolled>((done) => {
        const tallest = [...document.querySelectorAll("*")]
          .filter((element) => /auto|scroll/.test(getComputedStyle(element).overflowY))
          .reduce((a, b) => (b.scrollHeight > a.scrollHeight ? b : a), document.documentElement as Element);
        const end = tallest.scrollHeight - tallest.clientHeight;
        const [began, slow, nodes] = [performance.now(), [] as boolean[], [] as number[]];
        let last = began;
        const frame = (now: number) => {
          if (now > last) slow.push(now - last > late);
          nodes.push(document.querySelectorAll("*").length);
          last = now;
          tallest.scrollTop = (end * Math.min(whole, now - began)) / whole;
          if (now - began < whole) requestAnimationFrame(frame);
          else done({ slow: slow.filter(Boolean).length / slow.length, frames: slow.length, nodes: Math.max(...nodes) });
        };
        requestAnimationFrame(frame);
      }),
    { whole: SCROLL_MS, late: SLOW_FRAME_MS },
  );
}
