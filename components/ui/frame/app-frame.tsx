"use client";

import { ActionIcon, UnstyledButton } from "@mantine/core";
import { IconMenu2, IconSearch } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useMemo, useState } from "react";
import type { ActionResult } from "#lib/actions/types.ts";
import { KeyHint } from "../key-hint.tsx";
import { LatePart } from "../late-part.tsx";
import { type Shortcut, ShortcutsProvider, useShortcuts } from "../shortcuts.tsx";
import { Bell } from "./bell.tsx";
import type { Flag } from "./flags.ts";
import { FlagsIndicator } from "./flags-indicator.tsx";
import classes from "./frame.module.css";
import { JobsIndicator } from "./jobs-indicator.tsx";
import { Navigation } from "./navigation.tsx";
import { visibleItems } from "./navigation-items.ts";
import { visibleActions } from "./search-actions.ts";
import { UserMenu } from "./user-menu.tsx";

/** Who looks, as lib/auth tells it; the frame needs no more than this. */
export type Viewer = {
  displayName: string;
  roles: readonly string[];
  permissions: readonly string[];
  /** Items that wait for this person's decision, or to be handed in. */
  items: number;
  /** Exceptions that wait for this person's approval, or of theirs that run out. */
  exceptions: number;
  /** What else wants this person's attention. */
  flags: readonly Flag[];
  /** Notifications that are not read. */
  unread: number;
  /** Work under way that this person may see. */
  jobs: number;
};

/** Ends the sign-in and leads away. */
export type SignOut = (input: Record<string, never>) => Promise<ActionResult<void>>;

type AppFrameProps = { viewer: Viewer; signOut: SignOut; children: ReactNode };

const Search = dynamic(() => import("./search.tsx").then((module) => module.Search), { ssr: false });
const NavigationDrawer = dynamic(() => import("./navigation-drawer.tsx").then((module) => module.NavigationDrawer), { ssr: false });

export function AppFrame(props: AppFrameProps) {
  return (
    <ShortcutsProvider>
      <Frame {...props} />
    </ShortcutsProvider>
  );
}

function Frame({ viewer, signOut, children }: AppFrameProps) {
  const router = useRouter();
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const [searches, setSearches] = useState(0);
  const items = useMemo(() => visibleItems(viewer.permissions), [viewer.permissions]);
  const waiting = {
    "/reviews": { count: viewer.items, words: "waiting for you" },
    "/exceptions": { count: viewer.exceptions, words: "waiting for you" },
  };
  const actions = useMemo(() => visibleActions(viewer.permissions), [viewer.permissions]);
  const shortcuts = useMemo<Shortcut[]>(
    () => [
      { keys: "mod+k", label: "Search", run: () => setSearches((count) => count + 1) },
      { keys: "?", label: "This help" },
      { keys: "g n", label: "Notifications", run: () => router.push("/notifications") },
      ...items.map((item) => ({ keys: `g ${item.key}`, label: item.label, run: () => router.push(item.href) })),
    ],
    [items, router],
  );
  useShortcuts("Everywhere", shortcuts);

  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <header className={classes.header}>
        <ActionIcon className={classes.burger} size="lg" aria-label="Open navigation" onClick={() => setDrawerOpen(true)}>
          <IconMenu2 size={20} aria-hidden />
        </ActionIcon>
        <Link href="/" prefetch={false} className={classes.brand}>
          <Mark />
          <span className={classes.brandName}>Countersign</span>
        </Link>
        <UnstyledButton
          className={classes.search}
          onClick={() => setSearches((count) => count + 1)}
          aria-label="Search"
          aria-keyshortcuts="Control+K Meta+K"
        >
          <IconSearch size={16} aria-hidden />
          <span className={classes.searchText}>Search</span>
          <span className={classes.searchKeys}>
            <KeyHint keys="mod+k" />
          </span>
        </UnstyledButton>
        <div className={classes.tools}>
          {viewer.jobs > 0 && <JobsIndicator count={viewer.jobs} />}
          {viewer.flags.length > 0 && <FlagsIndicator flags={viewer.flags} />}
          <Bell unread={viewer.unread} />
          <UserMenu viewer={viewer} signOut={signOut} />
        </div>
      </header>
      <nav className={classes.side} aria-label="Main">
        <Navigation items={items} waiting={waiting} />
      </nav>
      <main id="content" className={classes.main} tabIndex={-1}>
        {children}
      </main>
      {isDrawerOpen && (
        <LatePart attempt={1} onFailed={() => setDrawerOpen(false)}>
          <NavigationDrawer items={items} waiting={waiting} onClose={() => setDrawerOpen(false)} />
        </LatePart>
      )}
      {searches > 0 && (
        <LatePart attempt={searches}>
          <Search items={items} actions={actions} openings={searches} />
        </LatePart>
      )}
    </div>
  );
}

/** Two strokes: signed, and signed again. */
function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" className={classes.mark}>
      <path d="M2 11l4 4 8-10.5" />
      <path d="M10.5 14l1.3 1.3L18 7" />
    </svg>
  );
}
