import type { Workload } from "./harness.ts";

/** Those of the performance targets that are measured so far, in their order. */
export const WORKLOADS: readonly Workload[] = [];
