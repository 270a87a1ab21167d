import { z } from "zod";
import { campaignScope } from "#lib/authz/scope.ts";
import { applyCampaignFile } from "#lib/campaigns/commands/apply-file.ts";
import { type FilePlan, planCampaignFile } from "#lib/campaigns/file-plan.sql.ts";
import type { ScopePreview } from "#lib/campaigns/plan-types.ts";
import { type FileProblem, problemText } from "#lib/campaigns/yaml-file.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { type VerbIo, verb } from "./verb.ts";

const MAX_BYTES = 1024 * 1024;
const SHOWN = 10;

/** For a pull request: 0 good, 1 the file is wrong, 3 the file is good and something else would stop its campaign. */
export const WRONG_FILE = 1;
const OBSTACLES = 3;

export async function textOf({ upload }: VerbIo): Promise<{ text: string; fileName: string }> {
  if (!upload) throw invalid("Give the file.");
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of upload.bytes) {
    bytes += part.length;
    if (bytes > MAX_BYTES) throw invalid("The file has to be smaller than 1 MiB.");
    parts.push(part);
  }
  return { text: Buffer.concat(parts).toString("utf8"), fileName: upload.name };
}

export const problemLines = (problems: readonly FileProblem[], fileName: string): string =>
  problems.map((each) => problemText(each, fileName)).join("\n");

export const campaignPlanFile = verb({
  name: "campaign plan",
  summary: "What a campaign's file would come to, and how that differs from the last run; changes nothing",
  positionals: ["file"],
  input: z.strictObject({}),
  run: async (ctx, _input, io) => {
    const { text, fileName } = await textOf(io);
    return { fileName, ...(await planCampaignFile(campaignScope(ctx.actor), ctx, text)) };
  },
  print: ({ fileName, problems, plan }) => (plan ? planText(plan) : problemLines(problems, fileName)),
  exitCode: ({ plan }) => (plan === null ? WRONG_FILE : plan.obstacles.length > 0 ? OBSTACLES : 0),
});

export const campaignApplyFile = verb({
  name: "campaign apply",
  summary: "Makes or changes the template that a campaign's file describes",
  positionals: ["file"],
  input: z.strictObject({}),
  run: async (ctx, _input, io) => {
    const { text, fileName } = await textOf(io);
    return { fileName, ...(await applyCampaignFile(ctx, text)) };
  },
  print: ({ fileName, problems, saved }) =>
    saved
      ? saved.isChanged
        ? `${saved.name}: version ${saved.version} is in force.`
        : `${saved.name}: nothing to change, version ${saved.version} says the same.`
      : problemLines(problems, fileName),
  exitCode: ({ saved }) => (saved === null ? WRONG_FILE : 0),
});

function planText(plan: FilePlan): string {
  const { name, template, preview, lastRun, next, zone, obstacles } = plan;
  return [
    name,
    template
      ? template.differences.length === 0
        ? `  says what version ${template.version} of the template says`
        : `  changes version ${template.version} of the template:`
      : "  makes a new template",
    ...(template?.differences ?? []).map(({ path, before, after }) => `    ${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`),
    "",
    ...populationLines(preview),
    "",
    ...lastRunLines(lastRun),
    "",
    ...(next.length === 0
      ? ["It does not come again by itself."]
      : [`Next starts (${zone}):`, ...next.map((at) => `  ${inZone(at, zone)}`)]),
    ...(obstacles.length > 0 ? ["", "Would stop it now:", ...obstacles.map((each) => `  ${each}`)] : []),
  ].join("\n");
}

function populationLines(preview: ScopePreview): string[] {
  const { items, privileged, reviewers, group, circles, withoutReviewer, excluded, expectedMinutes, overlaps } = preview;
  return [
    `${items} items, ${privileged} privileged, ${reviewers.length} reviewers${expectedMinutes === null ? "" : `, about ${expectedMinutes} minutes for whoever has the most`}`,
    ...reviewers
      .slice(0, SHOWN)
      .map(
        (each) =>
          `  ${each.name}: ${each.items}${each.minutes === null ? "" : `, ${each.minutes} min`}${each.hasSignIn ? "" : ", no sign-in yet"}`,
      ),
    ...more(reviewers.length, "reviewers"),
    ...(group ? [`  ${group.of} of the group, in the order of its ring: ${group.members.map(({ name }) => name).join(", ")}`] : []),
    ...(circles > 0 ? [`  ${circles} went on to the next of the order: people would have reviewed each other`] : []),
    ...withoutReviewer.slice(0, SHOWN).map((each) => `  nobody may review ${each.name}: ${each.items}`),
    ...more(withoutReviewer.length, "without a reviewer"),
    ...excluded.map(({ cause, grants }) => `  left out, ${cause.replaceAll("_", " ")}: ${grants}`),
    ...overlaps.map((each) => `  also under review in ${each.name}`),
  ];
}

const more = (count: number, what: string): string[] => (count > SHOWN ? [`  and ${count - SHOWN} more ${what}`] : []);

function lastRunLines(lastRun: FilePlan["lastRun"]): string[] {
  if (!lastRun) return ["No earlier campaign to compare with."];
  const { name, frozenAt, items, added, removed, changed, same, otherReviewer } = lastRun;
  return [
    `Against ${name} (${frozenAt}, ${items} items):`,
    `  ${added} added, ${removed} no longer there, ${changed} changed in meaning, ${same} the same, ${otherReviewer} with another reviewer`,
  ];
}

const inZone = (at: string, zone: string): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "full", timeStyle: "long" }).format(new Date(at));
