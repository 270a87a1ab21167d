"use client";

import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useReads } from "../ui/reads.ts";
import type { WindowStatus } from "./table-footer.tsx";

/** One window of rows; the cursor is the server's and opaque, null at the end. */
export type RowsWindow<Row> = { rows: Row[]; nextCursor: string | null };

/**
 * Rows read window by window as the reader scrolls. `url` names order and filter and takes `cursor`; the first window comes
 * with the page, as a prop. When the page brings a newer first window it takes the old one's place and the rows after it
 * stay, unless it ends elsewhere: then the list starts anew.
 */
export function useKeysetRows<Row>(url: string, first: RowsWindow<Row>): { rows: Row[]; window: WindowStatus } {
  const client = useReads();
  const query = useInfiniteQuery(
    {
      queryKey: ["rows", url],
      queryFn: ({ pageParam, signal }) => readWindow<Row>(url, pageParam, signal),
      initialPageParam: "",
      initialData: { pages: [first], pageParams: [""] },
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
      getNextPageParam: (last) => last.nextCursor,
    },
    client,
  );
  useEffect(() => {
    client.setQueryData<InfiniteData<RowsWindow<Row>, string>>(["rows", url], (held) => {
      const before = held?.pages[0];
      if (!held || before === first) return held;
      if (before?.nextCursor === first.nextCursor) return { ...held, pages: [first, ...held.pages.slice(1)] };
      return { pages: [first], pageParams: [""] };
    });
  }, [client, url, first]);

  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const rows = useMemo(() => data.pages.flatMap((page) => page.rows), [data]);
  const status = useMemo<WindowStatus>(
    () => ({ hasMore: hasNextPage, isReading: isFetchingNextPage, isError: isFetchNextPageError, readMore: () => void fetchNextPage() }),
    [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage],
  );
  return { rows, window: status };
}

async function readWindow<Row>(url: string, cursor: string, signal: AbortSignal): Promise<RowsWindow<Row>> {
  const at = new URL(url, window.location.origin);
  if (cursor) at.searchParams.set("cursor", cursor);
  const response = await fetch(at, { signal, headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`Rows answered ${response.status}`);
  return (await response.json()) as RowsWindow<Row>;
}
