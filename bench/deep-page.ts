import pg from "pg";
import { ITEM_ARRAY, ITEM_JOINS } from "#lib/campaigns/item-rows.sql.ts";
import type { Bench, Prepared, Workload } from "./harness.ts";
import { launched } from "./review.ts";
import { routesByFile } from "./torture/routes.ts";
import { makeUser, tokenOf } from "./torture/token.ts";

const DEPTH = 20_000;
/** So that there is a whole page at that depth, whatever the size. */
const ROWS = 25_000;
const PAGE = 100;
const PAGES = 20;

type Page = { rows: { id: string; orderKey: number }[]; nextCursor: string | null };
type Pages = { campaignId: string; read: (cursor: string) => Promise<Page>; cursor: string; before: Page["rows"][number] };

/** The registered route in this process, and where its own cursors lead after so many items. */
async function pagesOf(bench: Bench): Promise<Pages> {
  const campaignId = await launched({ ...bench, rows: Math.max(bench.rows, ROWS) }, "whole");
  const found = (await routesByFile()).find(({ route }) => route.name === "item.list");
  if (!found) throw new Error("There is no route item.list.");
  const { route, pathname } = found;
  const authorization = `Bearer ${await tokenOf(await makeUser(["campaign_manager"]))}`;
  const params = { campaignId };
  const read = async (cursor: string): Promise<Page> => {
    const url = `http://localhost${pathname(params)}?${new URLSearchParams({ cursor })}`;
    const response = await route.call(new Request(url, { headers: { authorization } }), { params: Promise.resolve(params) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text) as Page;
  };
  let page = await read("");
  for (let depth = PAGE; depth < DEPTH; depth += PAGE) page = await read(page.nextCursor ?? "");
  const before = page.rows.at(-1);
  if (!before || !page.nextCursor) throw new Error(`There are no ${DEPTH} items.`);
  return { campaignId, read, cursor: page.nextCursor, before };
}

/** One reader who turns to the same page again and again; each time a whole page, or the figure would flatter. */
const reading = (read: () => Promise<number>) => async () => {
  for (let at = 0; at < PAGES; at += 1) if ((await read()) !== PAGE) throw new Error("The page is not whole.");
  return undefined;
};

const readingAfter = ({ read }: Pages, cursor: string) => reading(async () => (await read(cursor)).rows.length);

export const deepPage: Workload = {
  id: "W7",
  what: `a page of ${PAGE} items of a campaign after ${DEPTH} items, ${PAGES} times`,
  baseline: "the same at the first page",
  target: { kind: "at most", ratio: 1.1 },
  prepare: async (bench): Promise<Prepared> => {
    const pages = await pagesOf(bench);
    return { ours: readingAfter(pages, pages.cursor), baseline: readingAfter(pages, "") };
  },
};

export const deepPageAgainstSql: Workload = {
  id: "W7r",
  of: "W7",
  what: deepPage.what,
  baseline: "the keyset SQL of the same columns, without filters and rights",
  target: { kind: "at most", ratio: 2.5 },
  prepare: async (bench): Promise<Prepared> => {
    const pages = await pagesOf(bench);
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    const keyset = {
      name: "keyset",
      text: `SELECT ${ITEM_ARRAY} AS row FROM (SELECT * FROM items WHERE campaign_id = $1 AND (order_key, id) > ($2, $3) ORDER BY order_key, id LIMIT ${PAGE}) i
        ${ITEM_JOINS} ORDER BY i.order_key, i.id`,
      values: [pages.campaignId, pages.before.orderKey, pages.before.id],
    };
    return {
      ours: readingAfter(pages, pages.cursor),
      baseline: reading(async () => (await client.query(keyset)).rows.length),
      close: () => client.end(),
    };
  },
};
