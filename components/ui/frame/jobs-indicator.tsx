"use client";

import { IconProgress } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import classes from "./frame.module.css";
import { HeaderPopover } from "./header-popover.tsx";

const JobList = dynamic(() => import("../job-progress.tsx").then((module) => module.JobList), { ssr: false });

/** Work that was started and can be left: how much, and on opening how far. */
export function JobsIndicator({ count }: { count: number }) {
  const button = (
    <>
      <IconProgress size={18} stroke={1.5} aria-hidden />
      <span className="numbers">{count}</span>
    </>
  );
  return (
    <HeaderPopover label={`${count} ${count === 1 ? "job" : "jobs"} running`} title="Jobs" className={classes.tool} button={button}>
      {() => <JobList url="/api/v1/jobs" />}
    </HeaderPopover>
  );
}
