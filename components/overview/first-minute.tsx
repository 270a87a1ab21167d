"use client";

import { CloseButton } from "@mantine/core";
import { useRef } from "react";
import { usePreferences } from "#components/ui/preferences.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { FirstMinute } from "./first-steps.ts";
import classes from "./overview.module.css";

/** In the demo only: where to begin. Put away once, it stays away in this browser. */
export function FirstMinuteBox({ minute: { name, title, steps } }: { minute: FirstMinute }) {
  const { minutesDone, endMinute } = usePreferences();
  const box = useRef<HTMLElement>(null);
  if (minutesDone.includes(name)) return null;
  const putAway = () => {
    // The button goes away with its box: focus goes on from the start of the page's content.
    box.current?.closest<HTMLElement>("main")?.focus();
    endMinute(name);
  };
  return (
    <section ref={box} className={classes.minute} aria-label="Your first minute">
      <div className={classes.minuteHead}>
        <h2 className={classes.minuteTitle}>{title}</h2>
        <CloseButton size="sm" aria-label="Put this away" onClick={putAway} />
      </div>
      <ol className={classes.steps}>
        {steps.map(({ href, link, words }) => (
          <li key={href}>
            <p>
              <TextLink href={href}>{link}</TextLink>. {words}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
