"use client";
import { useCallback, useEffect, useState } from "react";
import { GROUPINGS, type Grouping } from "./grouping.ts";

const KEY = "countersign.review.grouping";

/** How somebody likes their items grouped, kept in their browser. */
export function useGrouping(): [Grouping, (by: Grouping) => void] {
  const [by, setBy] = useState<Grouping>("person");
  useEffect(() => {
    const kept = GROUPINGS.find((each) => each === localStorage.getItem(KEY));
    if (kept) setBy(kept);
  }, []);
  const choose = useCallback((chosen: Grouping) => {
    localStorage.setItem(KEY, chosen);
    setBy(chosen);
  }, []);
  return [by, choose];
}
