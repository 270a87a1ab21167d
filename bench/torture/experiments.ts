import { diskFull } from "./disk-full.ts";
import type { Experiment } from "./experiment.ts";
import { hostile } from "./hostile.ts";
import { hugeCsv } from "./huge-csv.ts";
import { killApp } from "./kill-app.ts";
import { killPostgres } from "./kill-postgres.ts";
import { matrix } from "./matrix.ts";
import { twoOfEach } from "./two-of-each.ts";

export const EXPERIMENTS: readonly Experiment[] = [killApp, killPostgres, twoOfEach, diskFull, hugeCsv, matrix, hostile];
