import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** Real logs beside the repository, which tests read where they are present; nothing of them is in it. */
const DATA = path.join(import.meta.dirname, "../../../shared/data");
const TRAILS = path.join(DATA, "invictus-aws-cloudtrail");
const RULES = path.join(DATA, "panther-audit-events/aws_cloudtrail_rules.jsonl.gz");

export const hasSampleLogs = existsSync(TRAILS) && existsSync(RULES);

/** The files of one attack day in one AWS account. */
export const trailFiles = (): string[] =>
  readdirSync(TRAILS)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => path.join(TRAILS, name));

type Rule = { test: string; log: Record<string, unknown> };
export const ruleSamples = (): Rule[] =>
  gunzipSync(readFileSync(RULES))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Rule)
    .filter(({ log }) => typeof log === "object" && log !== null);
