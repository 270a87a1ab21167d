import {
  IconActivity,
  IconChecklist,
  IconClockShield,
  IconEraser,
  IconFileCertificate,
  IconHistory,
  IconLayoutDashboard,
  IconListDetails,
  IconPlug,
  IconRoute,
  IconServer,
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
  /** Pages that hang under it without its address. */
  also?: readonly string[];
};

export const NAVIGATION: readonly NavigationItem[] = [
  { href: "/", label: "Overview", permission: null, icon: IconLayoutDashboard, key: "o" },
  { href: "/reviews", label: "My reviews", permission: "item.decide", icon: IconChecklist, key: "r" },
  { href: "/campaigns", label: "Campaigns", permission: "campaign.read_all", icon: IconListDetails, key: "c" },
  { href: "/sessions", label: "Sessions", permission: "session.read", icon: IconActivity, key: "l" },
  { href: "/identities", label: "Identities", permission: "inventory.read", icon: IconUsers, key: "i", also: ["/people"] },
  { href: "/resources", label: "Resources", permission: "inventory.read", icon: IconServer, key: "u", also: ["/entitlements"] },
  { href: "/access", label: "Access", permission: "inventory.read", icon: IconRoute, key: "w" },
  { href: "/exceptions", label: "Exceptions", permission: "exception.read", icon: IconClockShield, key: "x" },
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
  const isBelow = (href: string) => pathname === href || pathname.startsWith(`${href}/`);
  return item.href === "/" ? pathname === "/" : [item.href, ...(item.also ?? [])].some(isBelow);
}
