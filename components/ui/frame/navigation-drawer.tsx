"use client";

import { Drawer } from "@mantine/core";
import { Navigation } from "./navigation.tsx";
import type { NavigationItem } from "./navigation-items.ts";

type NavigationDrawerProps = { items: readonly NavigationItem[]; openItems: number; onClose: () => void };

export function NavigationDrawer({ items, openItems, onClose }: NavigationDrawerProps) {
  return (
    <Drawer opened onClose={onClose} title="Countersign" size={280} padding="xs" closeButtonProps={{ "aria-label": "Close navigation" }}>
      <nav aria-label="Main">
        <Navigation items={items} openItems={openItems} onNavigate={onClose} />
      </nav>
    </Drawer>
  );
}
