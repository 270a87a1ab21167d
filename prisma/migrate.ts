import { execFileSync } from "node:child_process";
import path from "node:path";
import type { DiffTarget, SchemaContainer } from "@prisma/schema-engine-wasm";
import { NO_FILTERS, openOfflineEngine, readSchema } from "./schema-engine.ts";

/** The schema files as a commit had them, to write the migration that leads from there to the work tree. */
function schemaAt(revision: string): SchemaContainer[] {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname });
  const listed = git("ls-tree", "-r", "--name-only", revision, "schema.prisma", "models").split("\n");
  const files = listed.filter((name) => name.endsWith(".prisma")).sort();
  return files.map((name) => ({ path: name, content: git("show", `${revision}:prisma/${name}`) }));
}

/** SQL that makes an empty database, or the schema of `revision`, into the schema of the work tree. */
export async function diffSql(revision: string | null, schemaFolder?: string): Promise<string> {
  const target = await readSchema(schemaFolder);
  const engine = await openOfflineEngine(target);
  const from: DiffTarget = revision === null ? { tag: "empty" } : { tag: "schemaDatamodel", files: schemaAt(revision) };
  const { stdout } = await engine.diff({
    from,
    to: { tag: "schemaDatamodel", files: target },
    script: true,
    exitCode: null,
    filters: NO_FILTERS,
  });
  return (stdout ?? "").replace(/^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n/, "");
}

if (process.argv[1] && path.resolve(process.argv[1]) === import.meta.filename) {
  const [verb, ...args] = process.argv.slice(2);
  if (verb === "diff") {
    const at = args.indexOf("--from");
    process.stdout.write(await diffSql(at < 0 ? null : (args[at + 1] ?? "HEAD")));
  }
}
