import type { Connector, Page } from "#lib/connectors/contract.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { seededRandom } from "./random.ts";

/**
 * What a source does wrong without saying so: a page that never comes, a token that leads back, nine tenths that are gone while its totals agree,
 * "200, nothing here", and a permission that was taken from the reader.
 */
export const FAULTS = ["lost_page", "repeated_token", "nine_tenths_gone", "empty_list", "partial_permission"] as const;
export type Fault = (typeof FAULTS)[number];

type Reader = Pick<Connector, "read">;

async function pagesOf(source: Reader, stream: Stream, signal: AbortSignal): Promise<Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await source.read(stream, cursor, signal);
    pages.push(page);
    if (page.next === null) return pages;
    cursor = page.next;
  }
}

/** A whole source that fails in one way, at a place that the seed chooses among the pages of one stream. The same seed fails the same way. */
export function faultyConnector(source: Connector, fault: Fault, stream: Stream, seed: number): Connector {
  const random = seededRandom(seed);
  const damaged = async (signal: AbortSignal): Promise<Page[]> => {
    const pages = await pagesOf(source, stream, signal);
    const at = random.below(pages.length);
    switch (fault) {
      case "lost_page":
        return pages.filter((_, index) => index !== at);
      case "repeated_token":
        return pages;
      case "nine_tenths_gone":
        return fewer(pages);
      case "empty_list":
        return [{ records: [], next: null, completeness: { kind: "complete" } }];
      case "partial_permission":
        return pages.map((page, index) => ({
          ...page,
          ...(index === at ? { completeness: { kind: "partial" as const, reason: "403: not for this reader" } } : {}),
        }));
    }
  };
  let kept: Promise<Page[]> | undefined;
  return {
    ...source,
    declare: async (signal) => {
      const declared = await source.declare(signal);
      // What lies about its rows lies about their number too; a page that is lost on the way was still counted.
      if (fault !== "nine_tenths_gone" && fault !== "empty_list") return declared;
      kept ??= damaged(signal);
      const rows = (await kept).reduce((sum, { records }) => sum + records.length, 0);
      return { ...declared, totals: { ...declared.totals, [stream]: rows } };
    },
    read: async (asked, cursor, signal) => {
      if (asked !== stream) return source.read(asked, cursor, signal);
      kept ??= damaged(signal);
      const pages = await kept;
      const index = cursor === null ? 0 : Number(cursor);
      const page = pages[index];
      if (!page) return { records: [], next: null, completeness: { kind: "complete" } };
      const last = index === pages.length - 1;
      const back = fault === "repeated_token" ? String(random.below(pages.length)) : null;
      return { ...page, next: last ? back : String(index + 1) };
    },
  };
}

/** Every tenth record, one at least. */
function fewer(pages: readonly Page[]): Page[] {
  const records = pages.flatMap((page) => page.records).filter((_, index) => index % 10 === 0);
  return [{ records, next: null, completeness: { kind: "complete" } }];
}
