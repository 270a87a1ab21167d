"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { WindowStatus } from "./table-footer.tsx";

/** One window of rows; the cursor is the server's and opaque, null at the end. */
export type RowsWindow<Row> = { rows: Row[]; nextCursor: string | null };

/**
 * Rows read window by window as the reader scrolls. `url` names order and filter and takes `cursor`; the first window comes
 * with the page. Another url (another order or filter) starts anew from the window that came with it.
 */
export function useKeysetRows<Row>(url: string, first: RowsWindow<Row>): { rows: Row[]; window: WindowStatus } {
  const query = useInfiniteQuery({
    queryKey: ["rows", url, first.nextCursor],
    queryFn: async ({ pageParam, signal }): Promise<RowsWindow<Row>> => {
      const at = new URL(url, window.location.origin);
      if (pageParam) at.searchParams.set("cursor", pageParam);
      const response = await fetch(at, { signal, headers: { accept: "application/json" } });
      if (!response.ok) throw new Error(`Rows answered ${response.status}`);
      return (await response.json()) as RowsWindow<Row>;
    },
    initialPageParam: "",
    initialData: { pages: [first], pageParams: [""] },
    staleTime: Number.POSITIVE_INFINITY,
    getNextPageParam: (last) => last.nextCursor,
  });
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const rows = useMemo(() => data.pages.flatMap((page) => page.rows), [data]);
  const status = useMemo<WindowStatus>(
    () => ({ hasMore: hasNextPage, isReading: isFetchingNextPage, isError: isFetchNextPageError, readMore: () => void fetchNextPage() }),
    [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage],
  );
  return { rows, window: status };
}
