import type { ReactNode } from "react";
import { TextLink } from "#components/ui/text-link.tsx";

const PAGES = ["people", "identities", "resources", "entitlements"] as const;
export type InventoryPage = (typeof PAGES)[number];
export const isInventoryPage = (stream: string): stream is InventoryPage => PAGES.some((page) => page === stream);

type InventoryLinkProps = {
  page: InventoryPage;
  /** Null where nobody is named: the words stand alone then. */
  id: string | null;
  /** Whether whoever looks may read the inventory. */
  may: boolean;
  children: ReactNode;
};

/** A name that leads to its page, for those to whom the page is open. */
export function InventoryLink({ page, id, may, children }: InventoryLinkProps) {
  return may && id !== null ? <TextLink href={`/${page}/${id}`}>{children}</TextLink> : children;
}
