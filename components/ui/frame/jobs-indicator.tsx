"use client";

import { Popover, UnstyledButton } from "@mantine/core";
import { IconProgress } from "@tabler/icons-react";
import { useState } from "react";
import { JobList } from "../job-progress.tsx";
import classes from "./frame.module.css";

/** Work that was started and can be left: how much, and on opening how far. */
export function JobsIndicator({ count }: { count: number }) {
  const [opened, setOpened] = useState(false);
  const label = `${count} ${count === 1 ? "job" : "jobs"} running`;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={320} trapFocus>
      <Popover.Target>
        <UnstyledButton className={classes.tool} onClick={() => setOpened((open) => !open)} aria-label={label}>
          <IconProgress size={18} stroke={1.5} aria-hidden />
          <span className="numbers">{count}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>{opened && <JobList url="/api/v1/jobs" />}</Popover.Dropdown>
    </Popover>
  );
}
