"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { countText } from "#components/ui/moment-text.ts";
import classes from "./inventory.module.css";

/** The two ways to look at identities: what there is, and whose they are. */
export function IdentityTabs({ waiting }: { waiting: number }) {
  const pathname = usePathname();
  const tabs = [
    { href: "/identities", label: "All identities" },
    { href: "/identities/matching", label: waiting > 0 ? `People matching (${countText(waiting)} to look at)` : "People matching" },
  ];
  return (
    <nav className={classes.tabs} aria-label="Identities">
      {tabs.map(({ href, label }) => (
        <Link key={href} href={href} prefetch={false} className={classes.tab} aria-current={pathname === href ? "page" : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
