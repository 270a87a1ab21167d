"use client";

import { Button } from "@mantine/core";
import { randomId } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { ActionFailure } from "./action-result.ts";
import classes from "./toasts.module.css";

const DONE_MS = 5_000;
const UNDO_MS = 10_000;

/** Tells what happened: "Revoked 3 grants", never "OK". With undo it stays longer. */
export function toastDone(message: string, undo?: () => void): void {
  const id = randomId();
  notifications.show({
    id,
    role: "status",
    withCloseButton: true,
    closeButtonProps: { "aria-label": "Dismiss" },
    autoClose: undo ? UNDO_MS : DONE_MS,
    icon: <IconCheck size={16} aria-hidden />,
    color: "gray",
    message: (
      <span className={classes.line}>
        <span>{message}</span>
        {undo && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            Undo
          </Button>
        )}
      </span>
    ),
  });
}

/** An error stays until it is dismissed: it says what was not changed and what to do. */
export function toastFailed(failure: Pick<ActionFailure, "message">): void {
  notifications.show({
    role: "alert",
    autoClose: false,
    withCloseButton: true,
    closeButtonProps: { "aria-label": "Dismiss" },
    icon: <IconAlertTriangle size={16} aria-hidden />,
    color: "red",
    message: failure.message,
  });
}
