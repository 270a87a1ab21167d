"use client";

import "@mantine/spotlight/styles.layer.css";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { NavigationItem } from "./navigation-items.ts";

const [searchStore, search] = createSpotlight();

type SearchProps = {
  items: readonly NavigationItem[];
  /** How often it was asked for; each new number opens it again. */
  openings: number;
};

/** Loaded on first use. It finds pages. */
export function Search({ items, openings }: SearchProps) {
  const router = useRouter();
  useEffect(() => {
    if (openings > 0) search.open();
  }, [openings]);
  return (
    <Spotlight
      store={searchStore}
      shortcut={null}
      actions={items.map((item) => ({
        id: item.href,
        label: item.label,
        leftSection: <item.icon size={18} stroke={1.5} aria-hidden />,
        onClick: () => router.push(item.href),
      }))}
      nothingFound="No page of this name"
      highlightQuery
      centered={false}
      yOffset="12vh"
      overlayProps={{ blur: 0 }}
      attributes={{ content: { "aria-label": "Search" } }}
      searchProps={{ placeholder: "Go to a page", "aria-label": "Search pages" }}
    />
  );
}
