"use client";

import Link, { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import classes from "./frame.module.css";
import { isCurrent, type NavigationItem } from "./navigation-items.ts";

/** What waits for the viewer behind an entry, by its address, in the words of what is counted. */
export type Waiting = Readonly<Record<string, { count: number; words: string }>>;

type NavigationProps = { items: readonly NavigationItem[]; waiting: Waiting; onNavigate?: () => void };

export function Navigation({ items, waiting, onNavigate }: NavigationProps) {
  const pathname = usePathname();
  return (
    <ul className={classes.items}>
      {items.map((item) => {
        const { count, words } = waiting[item.href] ?? { count: 0, words: "" };
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
              <OnItsWay />
              {count > 0 && (
                <span className={classes.itemCount}>
                  {count.toLocaleString("en-GB")}
                  <span className={classes.hidden}> {words}</span>
                </span>
              )}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** Between the click and the first answer: a slow server must not look like a click that missed. */
function OnItsWay() {
  const { pending } = useLinkStatus();
  return pending ? <span className={classes.onItsWay} aria-hidden /> : null;
}
