"use client";

import { type ReactNode, useId, useRef, useState } from "react";
import classes from "./frame.module.css";

type HeaderPopoverProps = {
  /** Of the button, and of what it opens. */
  label: string;
  title: string;
  className: string | undefined;
  button: ReactNode;
  /** Drawn at the first opening; `close` puts it away. */
  children: (close: () => void) => ReactNode;
};

/** What a button of the header opens below it. The browser's own popover: Escape and a press elsewhere close it, the focus comes back. */
export function HeaderPopover({ label, title, className, button, children }: HeaderPopoverProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const [wasOpened, setWasOpened] = useState(false);
  return (
    <>
      <button type="button" className={className} aria-label={label} popoverTarget={id}>
        {button}
      </button>
      <div
        id={id}
        ref={panel}
        popover="auto"
        role="dialog"
        aria-label={title}
        className={classes.popover}
        onBeforeToggle={() => setWasOpened(true)}
        onToggle={({ newState }) => newState === "open" && panel.current?.querySelector<HTMLElement>("a, button, input:checked")?.focus()}
      >
        {wasOpened && children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}
