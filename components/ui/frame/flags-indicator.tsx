"use client";

import { IconFlag } from "@tabler/icons-react";
import Link from "next/link";
import { countText } from "../moment-text.ts";
import type { Flag } from "./flags.ts";
import classes from "./frame.module.css";
import { HeaderPopover } from "./header-popover.tsx";

/** What wants the viewer's attention: how much, and on opening what, each leading to its rows. */
export function FlagsIndicator({ flags }: { flags: readonly Flag[] }) {
  const count = flags.reduce((sum, flag) => sum + flag.count, 0);
  const button = (
    <>
      <IconFlag size={18} stroke={1.5} aria-hidden />
      <span className="numbers">{countText(count)}</span>
    </>
  );
  return (
    <HeaderPopover
      label={`${count} ${count === 1 ? "thing wants" : "things want"} your attention`}
      title="What wants your attention"
      className={classes.tool}
      button={button}
    >
      {(close) => (
        <ul className={classes.flags}>
          {flags.map(({ count, words, href }) => (
            <li key={href}>
              <Link href={href} prefetch={false} className={classes.flag} onClick={close}>
                <strong className="numbers">{countText(count)}</strong> {words}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </HeaderPopover>
  );
}
