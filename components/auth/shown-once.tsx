"use client";

import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import classes from "./auth.module.css";

/** A secret that is shown once: whoever closes it has to ask for a new one. */
export function ShownOnce({ value, what }: { value: string; what: string }) {
  const { copy, copied } = useClipboard({ timeout: 2_000 });
  return (
    <div className={classes.lines}>
      <code className={classes.code}>{value}</code>
      <Button
        variant="default"
        onClick={() => copy(value)}
        leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      >
        {copied ? `Copied ${what}` : `Copy ${what}`}
      </Button>
    </div>
  );
}

export const invitationUrl = (code: string): string => `${window.location.origin}/invitation/${code}`;
