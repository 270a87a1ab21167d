import { IconDownload, IconPlug, IconPlus, IconUserPlus, IconUsers } from "@tabler/icons-react";
import type { Permission } from "#lib/authz/permissions.ts";
import type { NavigationItem } from "./navigation-items.ts";

export type SearchAction = Pick<NavigationItem, "href" | "label" | "icon"> & { permission: Permission };

/** What somebody comes to do, where a page of its own begins it. Shown to whoever holds the permission; the page and its command decide. */
const ACTIONS: readonly SearchAction[] = [
  { href: "/campaigns/new", label: "New campaign", permission: "campaign.manage", icon: IconPlus },
  { href: "/sources/new", label: "Add a source", permission: "source.manage", icon: IconPlug },
  { href: "/identities/matching", label: "Say whose identities are", permission: "person.match", icon: IconUsers },
  { href: "/evidence", label: "Export evidence", permission: "evidence.export", icon: IconDownload },
  { href: "/administration/users", label: "Invite a user", permission: "user.manage", icon: IconUserPlus },
];

export const visibleActions = (permissions: readonly string[]): SearchAction[] =>
  ACTIONS.filter(({ permission }) => permissions.includes(permission));
