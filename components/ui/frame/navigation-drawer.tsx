"use client";

import { Drawer } from "@mantine/core";
import { Navigation, type Waiting } from "./navigation.tsx";
import type { NavigationItem } from "./navigation-items.ts";

type NavigationDrawerProps = { items: readonly NavigationItem[]; waiting: Waiting; onClose: () => void };

export function NavigationDrawer({ items, waiting, onClose }: NavigationDrawerProps) {
  return (
    <Drawer opened onClose={onClose} title="Countersign" size={280} padding="xs" closeButtonProps={{ "aria-label": "Close navigation" }}>
      <nav aria-label="Main">
        <Navigation items={items} waiting={waiting} onNavigate={onClose} />
      </nav>
    </Drawer>
  );
}
