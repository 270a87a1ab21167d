"use client";

import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleFilled } from "@tabler/icons-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useMemo, useRef } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { type Shortcut, useShortcuts } from "#components/ui/shortcuts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { markReadAction } from "#lib/notifications/actions.ts";
import type { InboxRow } from "#lib/notifications/types.ts";
import classes from "./inbox.module.css";

/** What somebody was told, newest first. Following a line reads it; j and k go through them, e reads one without following it. */
export function Inbox({ rows }: { rows: readonly InboxRow[] }) {
  const router = useRouter();
  const list = useRef<HTMLUListElement>(null);
  const reading = useAction(markReadAction);
  const read = ({ id, readAt }: InboxRow) => {
    if (readAt === null) reading.run({ notificationIds: [id] });
  };
  const keys = useMemo<Shortcut[]>(() => {
    const links = () => [...(list.current?.querySelectorAll<HTMLAnchorElement>("a[data-row]") ?? [])];
    const at = () => links().indexOf(document.activeElement as HTMLAnchorElement);
    return [
      { keys: "j", label: "Next notification", run: () => links()[at() + 1]?.focus() },
      { keys: "k", label: "The one before", run: () => links()[Math.max(0, at() - 1)]?.focus() },
      {
        keys: "e",
        label: "Mark it read",
        run: () => {
          const row = rows[at()];
          if (row && row.readAt === null) reading.run({ notificationIds: [row.id] });
        },
      },
    ];
  }, [rows, reading.run]);
  useShortcuts("Notifications", keys);

  return (
    <ul className={classes.rows} ref={list} aria-label="Notifications">
      {rows.map((row) => (
        <li key={row.id} className={classes.row} data-unread={row.readAt === null || undefined}>
          <span className={classes.mark}>{row.readAt === null && <IconCircleFilled size={8} aria-label="Unread" role="img" />}</span>
          <div className={classes.words}>
            <p className={classes.title}>
              {row.title}
              {row.urgency === "urgent" && (
                <Badge tone="warning" icon={IconAlertTriangle}>
                  Security
                </Badge>
              )}
            </p>
            <p className={classes.body}>{row.body}</p>
            <p className={classes.foot}>
              <Link
                data-row
                href={row.path}
                prefetch={false}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey) return read(row);
                  event.preventDefault();
                  read(row);
                  router.push(row.path);
                }}
              >
                {row.action}
                <span className={classes.hidden}>: {row.title}</span>
              </Link>
              <span>
                <Moment at={row.createdAt} show="relative" />
              </span>
              {row.readAt === null && (
                <Button size="compact-xs" variant="subtle" color="gray" onClick={() => read(row)}>
                  Mark as read<span className={classes.hidden}>: {row.title}</span>
                </Button>
              )}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

export function MarkAllRead() {
  const reading = useAction(markReadAction);
  return (
    <Button variant="default" loading={reading.isRunning} onClick={() => reading.run({})}>
      Mark all as read
    </Button>
  );
}
