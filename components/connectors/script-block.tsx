"use client";

import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import classes from "./files.module.css";

/** Text to be run elsewhere, with one click to take it along. */
export function ScriptBlock({ text, label }: { text: string; label: string }) {
  const { copy, copied } = useClipboard({ timeout: 1_500 });
  return (
    <div className={classes.script}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.scriptText} tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <Button className={classes.copy} size="compact-sm" variant="default" onClick={() => copy(text)} aria-label={`Copy: ${label}`}>
        {copied ? "Copied" : "Copy"}
      </Button>
    </div>
  );
}
