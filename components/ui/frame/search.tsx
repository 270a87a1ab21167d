"use client";

import "@mantine/spotlight/styles.layer.css";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useReads } from "../reads.ts";
import type { NavigationItem } from "./navigation-items.ts";
import classes from "./search.module.css";
import type { SearchAction } from "./search-actions.ts";
import { answerGroups, fits, type SearchAnswer, type SearchGroup } from "./search-groups.ts";

const [searchStore, search] = createSpotlight();
const PATIENCE_MS = 150;
/** What scrolls must be reachable by keyboard. */
const REACHABLE = { viewportProps: { tabIndex: 0, role: "group", "aria-label": "What was found" } };

type SearchProps = {
  items: readonly NavigationItem[];
  actions: readonly SearchAction[];
  /** How often it was asked for; each new number opens it again. */
  openings: number;
};

/** Loaded on first use. Finds pages and what can be begun at once, and by name whatever the person may read. */
export function Search({ items, actions, openings }: SearchProps) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed.trim(), PATIENCE_MS);
  const found = useQuery(
    {
      queryKey: ["search", asked],
      enabled: asked !== "",
      placeholderData: keepPreviousData,
      queryFn: async ({ signal }) => {
        const response = await fetch(`/api/v1/search?q=${encodeURIComponent(asked)}`, { signal });
        if (!response.ok) throw new Error(`Search answered ${response.status}`);
        return answerGroups((await response.json()) as SearchAnswer);
      },
    },
    useReads(),
  );
  useEffect(() => {
    if (openings > 0) search.open();
  }, [openings]);

  const pages = items.filter(({ label }) => fits(label, typed));
  const begun = actions.filter(({ label }) => fits(label, typed));
  const groups: SearchGroup[] = typed.trim() === "" ? [] : (found.data ?? []);
  const isWaiting = typed.trim() !== "" && (typed.trim() !== asked || found.isFetching);
  const isNothing = pages.length + begun.length + groups.length === 0;
  const first = isWaiting ? undefined : (groups[0]?.lines[0] ?? pages[0] ?? begun[0]);
  const go = (href: string) => () => router.push(href);
  return (
    <Spotlight.Root
      store={searchStore}
      shortcut={null}
      query={typed}
      onQueryChange={setTyped}
      centered={false}
      yOffset="12vh"
      maxHeight="60vh"
      scrollable
      overlayProps={{ blur: 0 }}
      classNames={classes}
      attributes={{ content: { "aria-label": "Search" } }}
    >
      <Spotlight.Search
        placeholder="A person, an identity, a page, something to do"
        aria-label="Search for anything"
        onKeyDown={(event) => {
          // Without a choice by the arrow keys, Enter takes the first line.
          if (event.key !== "Enter" || event.nativeEvent.isComposing || searchStore.getState().selected >= 0 || !first) return;
          search.close();
          router.push(first.href);
        }}
      />
      <Spotlight.ActionsList {...REACHABLE}>
        {groups.map(({ title, lines }) => (
          <Spotlight.ActionsGroup key={title} label={title}>
            {lines.map(({ href, label, detail }) => (
              <Spotlight.Action key={href} label={label} {...(detail ? { description: detail } : {})} onClick={go(href)} />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        <Links label="Go to" lines={pages} go={go} />
        <Links label="Do" lines={begun} go={go} />
        {isNothing && !found.isError && (
          <Spotlight.Empty>{isWaiting ? "Looking for it…" : `Nothing that you may read is called “${typed.trim()}”.`}</Spotlight.Empty>
        )}
        {found.isError && !isWaiting && (
          <Spotlight.Empty role="alert">Names cannot be searched now. Pages above still open; try again in a moment.</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

type LinksProps = { label: string; lines: readonly Pick<NavigationItem, "href" | "label" | "icon">[]; go: (href: string) => () => void };

function Links({ label, lines, go }: LinksProps) {
  if (lines.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={label}>
      {lines.map((line) => (
        <Spotlight.Action
          key={line.href}
          label={line.label}
          leftSection={<line.icon size={18} stroke={1.5} aria-hidden />}
          onClick={go(line.href)}
        />
      ))}
    </Spotlight.ActionsGroup>
  );
}
