"use client";

import { UnstyledButton } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import classes from "./raw-id.module.css";

type RawIdProps = {
  value: string;
  /** What it is, for the button's name: "identity id". */
  label?: string;
  /** Keeps the first and last characters of a long digest; the whole value is what is copied. */
  short?: boolean;
};

const ENDS = 8;

/** The source's own id: monospace, whole, one click to copy. */
export function RawId({ value, label = "id", short = false }: RawIdProps) {
  const { copy, copied } = useClipboard({ timeout: 1_500 });
  const shown = short && value.length > ENDS * 2 + 1 ? `${value.slice(0, ENDS)}…${value.slice(-ENDS)}` : value;
  return (
    <span className={classes.id}>
      <code className={classes.value} title={shown === value ? undefined : value}>
        {shown}
      </code>
      <UnstyledButton className={classes.copy} onClick={() => copy(value)} aria-label={copied ? `Copied ${label}` : `Copy ${label}`}>
        {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </UnstyledButton>
    </span>
  );
}
