"use client";

import { Loader } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { RemediationState } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";

const POLL_MS = 1_500;

/** While the connector works, the page reads itself anew; it can be left meanwhile. */
export function Underway({ remediationId, state }: { remediationId: string; state: RemediationState }) {
  const router = useRouter();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another removal or state is another wait
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), POLL_MS);
    return () => clearInterval(timer);
  }, [router, remediationId, state]);
  return (
    <output className={classes.buttons}>
      <Loader size="sm" aria-hidden />
      <span>{state === "QUEUED" ? "Waiting for the worker…" : "Working in the source…"}</span>
    </output>
  );
}
