import { Readable } from "node:stream";
import { z } from "zod";
import { invalid } from "#lib/errors/domain-error.ts";
import { importAccessEvents } from "#lib/sessions/commands/import-events.ts";
import { sourceIdOf } from "./sources.ts";
import { verb } from "./verb.ts";

export const eventsImport = verb({
  name: "events import",
  summary: "Takes in CloudTrail log files of a source (JSON, packed or not); the same file twice adds nothing",
  positionals: ["files"],
  options: { source: { describe: "the source, by name or id" } },
  input: z.strictObject({ source: z.string("Give --source.") }),
  run: async (ctx, input, io) => {
    if (!io.upload) throw invalid("Give the files to import.");
    const sourceId = await sourceIdOf(ctx, input.source);
    return importAccessEvents(ctx, { sourceId, name: io.upload.name }, Readable.from(io.upload.bytes));
  },
  print: ({ file, read, kept, duplicate, rejected, unmatched, sessions, digest }) =>
    `${file}: ${read} read, ${kept} kept, ${duplicate} duplicate, ${rejected} rejected; ${sessions} sessions told of, ${unmatched} events of nobody known here
  digest ${digest}`,
});
