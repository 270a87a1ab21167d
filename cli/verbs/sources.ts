import { Readable } from "node:stream";
import { z } from "zod";
import type { Ctx } from "#lib/authz/ctx.ts";
import { sourceScope } from "#lib/authz/scope.ts";
import { CONNECTOR_KINDS, connectorLabel } from "#lib/connectors/registry.ts";
import { invalid, notFound } from "#lib/errors/domain-error.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { runSync } from "#lib/ingest/commands/run-sync.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { testSource } from "#lib/ingest/commands/test-source.ts";
import { uploadFile } from "#lib/ingest/commands/upload-file.ts";
import { listSources } from "#lib/ingest/queries.ts";
import type { RunOutcome } from "#lib/ingest/types.ts";
import { table, type VerbIo, verb } from "./verb.ts";

const source = z.string().min(1, "Give the source's name or id.");

export async function sourceIdOf(ctx: Ctx, nameOrId: string): Promise<string> {
  const found = (await listSources(sourceScope(ctx.actor))).find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (!found) throw notFound("Source", nameOrId);
  return found.id;
}

export const sourceKinds = verb({
  name: "source kinds",
  summary: "Lists the kinds of source that can be added",
  input: z.strictObject({}),
  run: async () => CONNECTOR_KINDS.map((kind) => ({ kind, label: connectorLabel(kind) })),
  print: (kinds) =>
    table(
      ["kind", "what"],
      kinds.map(({ kind, label }) => [kind, label]),
    ),
});

export const sourceList = verb({
  name: "source list",
  summary: "Lists the sources with their health",
  input: z.strictObject({}),
  run: (ctx) => listSources(sourceScope(ctx.actor)),
  print: (rows) =>
    table(
      ["id", "name", "kind", "state", "last run", "applied"],
      rows.map((row) => [row.id, row.name, row.kind, row.state, row.lastRun?.state ?? "never", row.lastAppliedAt ?? "never"]),
    ),
});

const json = (text: string, option: string): Record<string, unknown> => {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw invalid(`--${option} is not a JSON object.`, { [option]: "Give a JSON object." });
  }
};

export const sourceAdd = verb({
  name: "source add",
  summary: "Adds a source; nothing is read yet",
  positionals: ["name"],
  options: {
    kind: { describe: "its kind, as `source kinds` lists them" },
    config: { describe: "its settings, a JSON object" },
    "secret-env": { describe: 'name of the environment variable that holds its secrets, a JSON object ({"password": "…"})' },
    people: { describe: "it may create people", isFlag: true },
  },
  input: z.strictObject({
    name: z.string(),
    kind: z.string("Give --kind."),
    config: z.string().default("{}"),
    secret: z.string().optional(),
    people: z.boolean().default(false),
  }),
  run: (ctx, input) =>
    addSource(ctx, {
      name: input.name,
      kind: input.kind,
      config: json(input.config, "config"),
      ...(input.secret ? { secret: z.record(z.string(), z.string()).parse(json(input.secret, "secret-env")) } : {}),
      isPeopleSource: input.people,
    }),
  print: ({ sourceId }) => `Added ${sourceId}. Try it: countersign source test ${sourceId}`,
});

export const sourceTest = verb({
  name: "source test",
  summary: "Asks the source: can I read what I need, and what is missing?",
  positionals: ["source"],
  input: z.strictObject({ source }),
  run: async (ctx, input) => testSource(ctx, { sourceId: await sourceIdOf(ctx, input.source) }),
  print: ({ ok, problem, declared }) =>
    [
      ok ? "It can be read." : `It cannot be read as it should${problem ? `: ${problem}` : "."}`,
      ...(declared?.scopes.map(
        (scope) => `  ${scope.isHeld ? "held   " : scope.isMandatory ? "MISSING" : "absent "} ${scope.name}: ${scope.purpose}`,
      ) ?? []),
    ].join("\n"),
});

async function syncNow(ctx: Ctx, sourceId: string, trigger: "by_hand" | "upload", { progress }: VerbIo): Promise<RunOutcome> {
  const { runId } = await startSync(ctx, { sourceId, trigger }, { isWorkedHere: true });
  progress(`Run ${runId} is reading.`);
  return runSync(ctx, { runId });
}

const outcomeText = (outcome: RunOutcome): string =>
  [
    outcome.state,
    ...("reasons" in outcome ? outcome.reasons : []),
    ...("changes" in outcome
      ? Object.entries(outcome.changes).map(
          ([stream, { added, changed, ended, unchanged }]) =>
            `${stream}: ${added} added, ${changed} changed, ${ended} ended, ${unchanged} unchanged`,
        )
      : []),
  ].join("\n  ");

/** A pipeline goes on only with what became the inventory. */
const outcomeCode = (outcome: RunOutcome): number => (outcome.state === "FAILED" || outcome.state === "HELD" ? 1 : 0);

export const sync = verb({
  name: "sync",
  summary: "Reads a source now and waits for the outcome",
  positionals: ["source"],
  input: z.strictObject({ source }),
  run: async (ctx, input, io) => syncNow(ctx, await sourceIdOf(ctx, input.source), "by_hand", io),
  print: outcomeText,
  exitCode: outcomeCode,
});

export const importFile = verb({
  name: "import",
  summary: "Uploads a file to a source that is made of files (files, aws as a bundle), and reads it",
  positionals: ["file"],
  options: {
    source: { describe: "the source, by name or id" },
    as: { describe: "which file of the saved mapping it is, where it is called otherwise now" },
    "exported-at": { describe: "when the file was made, ISO 8601 with zone" },
    tool: { describe: "what made it; with the next three it is attested, without them unattested" },
    "tool-version": { describe: "the version of that" },
    command: { describe: "the command that made it" },
    identity: { describe: "whom it was run as" },
    "upload-only": { describe: "more files follow: nothing is read yet", isFlag: true },
  },
  input: z.strictObject({
    source: z.string("Give --source."),
    as: z.string().optional(),
    exportedAt: z.string().optional(),
    tool: z.string().optional(),
    toolVersion: z.string().optional(),
    command: z.string().optional(),
    identity: z.string().optional(),
    uploadOnly: z.boolean().default(false),
  }),
  run: async (ctx, input, io) => {
    if (!io.upload) throw invalid("Give the file to import.");
    const sourceId = await sourceIdOf(ctx, input.source);
    const told = {
      ...(input.as ? { mappedAs: input.as } : {}),
      ...(input.exportedAt ? { exportedAt: input.exportedAt } : {}),
      ...attestationOf(input),
    };
    const file = await uploadFile(ctx, { sourceId, name: io.upload.name, ...told }, Readable.from(io.upload.bytes));
    return { file, ...(input.uploadOnly ? null : await syncNow(ctx, sourceId, "upload", io)) };
  },
  print: (result) => {
    const { file } = result;
    return `${file.sha256}  ${file.bytes} bytes\n${"state" in result ? outcomeText(result) : "Kept. Nothing was read yet: countersign sync reads it."}`;
  },
  exitCode: (result) => ("state" in result ? outcomeCode(result) : 0),
});

type Told = { tool?: string | undefined; toolVersion?: string | undefined; command?: string | undefined; identity?: string | undefined };

/** All four or none: half a statement is no statement. */
function attestationOf({ tool, toolVersion, command, identity }: Told) {
  const count = [tool, toolVersion, command, identity].filter((text) => text !== undefined).length;
  if (count === 0) return {};
  if (!tool || !toolVersion || !command || !identity)
    throw invalid("Give all of --tool, --tool-version, --command and --identity, or none.");
  return { attestation: { tool, version: toolVersion, command, identity } };
}
