import { z } from "zod";
import { campaignScope } from "#lib/authz/scope.ts";
import { setToxicPairs } from "#lib/campaigns/commands/set-toxic-pairs.ts";
import { listDuties } from "#lib/campaigns/duties.sql.ts";
import { dutiesFile } from "#lib/campaigns/duties.ts";
import { readYaml } from "#lib/campaigns/yaml-file.ts";
import { problemLines, textOf, WRONG_FILE } from "./campaign-files.ts";
import { table, verb } from "./verb.ts";

export const dutiesList = verb({
  name: "duties list",
  summary: "Lists which duties do not go together, with how many people hold both",
  input: z.strictObject({}),
  run: async (ctx) => (await listDuties(campaignScope(ctx.actor))).pairs,
  print: (pairs) =>
    table(
      ["pair", "can", "and", "where", "people", "other identities"],
      pairs.map(({ id, sides, where, people, others }) => [id, sides[0].can, sides[1].can, where, people ?? "", others ?? ""]),
    ),
});

export const dutiesApply = verb({
  name: "duties apply",
  summary: "Puts the pairs of a file in the place of those in force, from the next freeze on",
  positionals: ["file"],
  options: { reason: { describe: "why, for the audit log" } },
  input: z.strictObject({ reason: z.string().min(3, "Say why with --reason.") }),
  run: async (ctx, { reason }, io) => {
    const { text, fileName } = await textOf(io);
    const found = readYaml(dutiesFile, text, "a file of duties");
    if (!found.ok) return { fileName, problems: found.problems, pairs: null };
    return { fileName, problems: [], ...(await setToxicPairs(ctx, { pairs: found.value.pairs, reason })) };
  },
  print: ({ fileName, problems, pairs }) => (pairs === null ? problemLines(problems, fileName) : `In force: ${pairs} pairs.`),
  exitCode: ({ pairs }) => (pairs === null ? WRONG_FILE : 0),
});
