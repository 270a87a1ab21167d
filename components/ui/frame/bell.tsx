"use client";

import { IconBell } from "@tabler/icons-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import classes from "./frame.module.css";

/** What was told and is not read yet, by number, and the way to it. */
export function Bell({ unread }: { unread: number }) {
  const isHere = usePathname() === "/notifications";
  const shown = unread > 99 ? "99+" : String(unread);
  return (
    <Link
      href="/notifications"
      prefetch={false}
      className={classes.tool}
      aria-label={unread === 0 ? "Notifications, none unread" : `Notifications, ${shown} unread`}
      aria-current={isHere ? "page" : undefined}
    >
      <IconBell size={18} stroke={1.5} aria-hidden />
      {unread > 0 && <span className="numbers">{shown}</span>}
    </Link>
  );
}
