"use client";

import { Popover, UnstyledButton } from "@mantine/core";
import { IconFlag } from "@tabler/icons-react";
import Link from "next/link";
import { useState } from "react";
import { countText } from "../moment-text.ts";
import type { Flag } from "./flags.ts";
import classes from "./frame.module.css";

/** What wants the viewer's attention: how much, and on opening what, each leading to its rows. */
export function FlagsIndicator({ flags }: { flags: readonly Flag[] }) {
  const [opened, setOpened] = useState(false);
  const count = flags.reduce((sum, flag) => sum + flag.count, 0);
  const label = `${count} ${count === 1 ? "thing wants" : "things want"} your attention`;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={320} trapFocus withinPortal={false} returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.tool} onClick={() => setOpened((open) => !open)} aria-label={label}>
          <IconFlag size={18} stroke={1.5} aria-hidden />
          <span className="numbers">{countText(count)}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label="What wants your attention">
        <ul className={classes.flags}>
          {flags.map(({ count, words, href }) => (
            <li key={href}>
              <Link href={href} prefetch={false} className={classes.flag} onClick={() => setOpened(false)}>
                <strong className="numbers">{countText(count)}</strong> {words}
              </Link>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
