import { decideMany, sealing } from "./decisions.ts";
import { deepPage, deepPageAgainstSql } from "./deep-page.ts";
import { boardNumbers, intake } from "./events.ts";
import { evidenceCsv } from "./evidence.ts";
import { freeze } from "./freeze.ts";
import type { Workload } from "./harness.ts";
import { firstImport, reimport, reimportAgainstUpsert, sameFile } from "./imports.ts";
import { oneDecision } from "./one-decision.ts";

/** Those of the performance targets that are measured so far, in their order. */
export const WORKLOADS: readonly Workload[] = [
  firstImport,
  reimport,
  reimportAgainstUpsert,
  sameFile,
  freeze,
  oneDecision,
  decideMany,
  boardNumbers,
  deepPage,
  deepPageAgainstSql,
  evidenceCsv,
  sealing,
  intake,
];
