"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import classes from "./frame.module.css";
import { isCurrent, type NavigationItem } from "./navigation-items.ts";

type NavigationProps = { items: readonly NavigationItem[]; openItems: number; onNavigate?: () => void };

export function Navigation({ items, openItems, onNavigate }: NavigationProps) {
  const pathname = usePathname();
  return (
    <ul className={classes.items}>
      {items.map((item) => {
        const count = item.href === "/reviews" ? openItems : 0;
        return (
          <li key={item.href}>
            <Link
              href={item.href}
              prefetch={false}
              className={classes.item}
              aria-current={isCurrent(item, pathname) ? "page" : undefined}
              onClick={onNavigate}
            >
              <item.icon size={18} stroke={1.5} aria-hidden />
              <span className={classes.itemLabel}>{item.label}</span>
              {count > 0 && (
                <span className={classes.itemCount}>
                  {count.toLocaleString("en-GB")}
                  <span className={classes.hidden}> items left</span>
                </span>
              )}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
