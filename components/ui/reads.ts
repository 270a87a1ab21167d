"use client";

import { QueryClient } from "@tanstack/react-query";
import { useState } from "react";

let kept: QueryClient | undefined;

const make = () => new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, refetchOnWindowFocus: false, retry: 1 } } });

/**
 * What was read from our own routes: in the browser one for all pages, on the server one for each drawing, since what one reader was told is
 * nobody else's. Not a provider around everything, so that a page that reads nothing later does not load what would.
 */
export function useReads(): QueryClient {
  const [reads] = useState(() => {
    if (typeof window === "undefined") return make();
    if (!kept) {
      kept = make();
      kept.mount();
    }
    return kept;
  });
  return reads;
}
