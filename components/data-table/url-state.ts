"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useMemo, useOptimistic, useRef, useTransition } from "react";

export type Sort = { key: string; direction: "asc" | "desc" };

/** Who reads the rows of another order or filter: the server with the whole page, or a list of its own accord. */
export type RowsReader = "page" | "list";

/**
 * Order and filter live in the URL, so that a link opens the same rows and the server draws them. A change replaces the
 * entry in history and keeps the scroll position of the page; a cursor of the old order is dropped.
 */
export function useUrlState(rowsReader: RowsReader = "page") {
  const router = useRouter();
  const pathname = usePathname();
  // What was chosen shows at once, and not only when its rows have come.
  const [params, choose] = useOptimistic<URLSearchParams>(useSearchParams());
  const latest = useRef(params);
  latest.current = params;
  const [isPending, startTransition] = useTransition();
  const set = useCallback(
    (changes: Readonly<Record<string, string | null>>) => {
      const next = new URLSearchParams(latest.current);
      next.delete("cursor");
      for (const [name, value] of Object.entries(changes)) {
        if (value === null || value === "") next.delete(name);
        else next.set(name, value);
      }
      const query = next.toString();
      startTransition(() => {
        choose(next);
        const address = query ? `${pathname}?${query}` : pathname;
        if (rowsReader === "list") window.history.replaceState(null, "", address);
        else router.replace(address, { scroll: false });
      });
    },
    [choose, pathname, router, rowsReader],
  );
  return { params, set, isPending };
}

/** `?sort=risk&direction=desc`; what the server takes when the URL says nothing is given here. */
export function useUrlSort(usual: Sort): { sort: Sort; onSort: (sort: Sort) => void; isPending: boolean } {
  const { params, set, isPending } = useUrlState();
  const key = params.get("sort") ?? usual.key;
  const told = params.get("direction");
  const direction = told === "asc" || told === "desc" ? told : key === usual.key ? usual.direction : "asc";
  const sort = useMemo<Sort>(() => ({ key, direction }), [key, direction]);
  const onSort = useCallback((next: Sort) => set({ sort: next.key, direction: next.direction }), [set]);
  return { sort, onSort, isPending };
}
