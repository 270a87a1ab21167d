import {
  IconActivity,
  IconChecklist,
  IconEraser,
  IconFileCertificate,
  IconHistory,
  IconLayoutDashboard,
  IconListDetails,
  IconPlug,
  IconSettings,
  IconUsers,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Permission } from "#lib/authz/permissions.ts";

export type NavigationItem = {
  href: string;
  label: string;
  /** Shown to whoever holds it. What the page then shows is decided by its scope, not here. */
  permission: Permission | null;
  icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
  /** Second key after g. */
  key: string;
};

export const NAVIGATION: readonly NavigationItem[] = [
  { href: "/", label: "Overview", permission: null, icon: IconLayoutDashboard, key: "o" },
  { href: "/reviews", label: "My reviews", permission: "item.decide", icon: IconChecklist, key: "r" },
  { href: "/campaigns", label: "Campaigns", permission: "campaign.read_all", icon: IconListDetails, key: "c" },
  { href: "/sessions", label: "Sessions", permission: "session.read", icon: IconActivity, key: "l" },
  { href: "/identities/matching", label: "People matching", permission: "inventory.read", icon: IconUsers, key: "i" },
  { href: "/remediations", label: "Remediation", permission: "remediation.read", icon: IconEraser, key: "d" },
  { href: "/audit", label: "Audit", permission: "audit.read", icon: IconHistory, key: "a" },
  { href: "/evidence", label: "Evidence", permission: "evidence.read", icon: IconFileCertificate, key: "e" },
  { href: "/sources", label: "Sources", permission: "source.read", icon: IconPlug, key: "s" },
  { href: "/administration", label: "Administration", permission: "user.read", icon: IconSettings, key: "m" },
];

export function visibleItems(permissions: readonly string[]): NavigationItem[] {
  return NAVIGATION.filter((item) => item.permission === null || permissions.includes(item.permission));
}

/** A page below an entry belongs to it: /campaigns/1/review lights Campaigns. */
export function isCurrent(item: NavigationItem, pathname: string): boolean {
  return item.href === "/" ? pathname === "/" : pathname === item.href || pathname.startsWith(`${item.href}/`);
}
