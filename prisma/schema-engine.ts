import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  DriverAdapterError,
  mockAdapter,
  mockMigrationAwareAdapterFactory,
} from "@prisma/driver-adapter-utils";
import type { MigrationList, SchemaContainer, SchemaEngine } from "@prisma/schema-engine-wasm";
import { DatabaseError } from "pg";

export type { MigrationList, SchemaEngine } from "@prisma/schema-engine-wasm";

const HERE = import.meta.dirname;

/** Prisma's own names for what we never let it touch: nothing is managed elsewhere inside `public`. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] };

/** Every schema file, in a fixed order. The names are relative so that messages do not depend on where the clone lies. */
export async function readSchema(folder = HERE): Promise<SchemaContainer[]> {
  const models = await readdir(path.join(folder, "models")).catch(() => []);
  const files = ["schema.prisma", ...models.filter((name) => name.endsWith(".prisma")).map((name) => path.join("models", name))].sort();
  return Promise.all(files.map(async (file) => ({ path: file, content: await readFile(path.join(folder, file), "utf8") })));
}

/** The migrations as the engine wants them: every folder with a `migration.sql`, oldest first. */
export async function readMigrations(folder: string): Promise<MigrationList> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.sort().map(async (name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: { tag: "ok" as const, value: await readFile(path.join(folder, name, "migration.sql"), "utf8") },
      },
    })),
  );
  return {
    baseDir: folder,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories,
  };
}

type WasmModule = {
  SchemaEngine: {
    new: (options: { datamodels: [string, string][] }, log: (line: string) => void, adapter: object) => Promise<SchemaEngine>;
  };
  __wbg_set_wasm: (wasm: WebAssembly.Exports) => void;
};

async function loadWasm(): Promise<WasmModule> {
  const require = createRequire(import.meta.url);
  const script = require.resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const glue = (await import("@prisma/schema-engine-wasm/schema_engine_bg")) as unknown as WasmModule & WebAssembly.ModuleImports;
  const bytes = await readFile(path.join(path.dirname(script), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === "function") start();
  return glue;
}

/**
 * Prisma's adapter, running each migration as one script. Its own `executeScript` splits on every `;`,
 * which breaks functions and DO blocks, and would leave half a migration behind when one statement fails.
 */
class WholeScriptPg extends PrismaPg {
  readonly #scripts: Scripts;

  constructor(url: string, scripts: Scripts) {
    super({ connectionString: url, max: 1, application_name: "countersign migrate", connectionTimeoutMillis: 10_000 });
    this.#scripts = scripts;
  }

  override async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      try {
        await adapter.underlyingDriver().query(this.#withMark(script));
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        this.#scripts.onRefusal(checksumOf(script), withLine(error, script));
        throw new DriverAdapterError(inEngineTerms(error));
      }
    };
    return adapter;
  }

  /** The engine marks a migration as finished only after it committed: a kill in between would have it applied twice. */
  #withMark(script: string): string {
    const checksum = checksumOf(script);
    if (!this.#scripts.checksums.has(checksum)) return script;
    return `${script}
;UPDATE public._prisma_migrations SET finished_at = now(), applied_steps_count = 1
 WHERE checksum = '${checksum}' AND finished_at IS NULL AND rolled_back_at IS NULL`;
  }
}

/** Prisma's own: the SHA-256 of the script. */
export const checksumOf = (script: string): string => createHash("sha256").update(script).digest("hex");

function withLine(error: DatabaseError, script: string): string {
  return error.position ? `${error.message} (line ${script.slice(0, Number(error.position)).split("\n").length})` : error.message;
}

function inEngineTerms(error: DatabaseError) {
  const code = error.code ?? "XX000";
  return {
    kind: "postgres" as const,
    code,
    severity: error.severity ?? "ERROR",
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
    originalCode: code,
    originalMessage: error.message,
  };
}

export type Scripts = {
  /** Of the migrations on disk: what else the engine runs is not marked. */
  checksums: ReadonlySet<string>;
  /** What PostgreSQL said of a script, and where; the engine's own report wraps that in its stack. */
  onRefusal: (checksum: string, message: string) => void;
};

export async function openEngine(url: string, schema: readonly SchemaContainer[], scripts: Scripts): Promise<SchemaEngine> {
  return startEngine(schema, bindMigrationAwareSqlAdapterFactory(new WholeScriptPg(url, scripts)));
}

/** An engine with no database behind it, enough to turn a schema into SQL: it only asks whether the server is there. */
export async function openOfflineEngine(schema: readonly SchemaContainer[]): Promise<SchemaEngine> {
  const adapter = {
    ...mockAdapter("postgres"),
    queryRaw: async () => ({ columnNames: [], columnTypes: [], rows: [] }),
    executeRaw: async () => 0,
    dispose: async () => {},
  };
  return startEngine(
    schema,
    bindMigrationAwareSqlAdapterFactory({ ...mockMigrationAwareAdapterFactory("postgres"), connect: async () => adapter }),
  );
}

async function startEngine(schema: readonly SchemaContainer[], adapter: object): Promise<SchemaEngine> {
  const { SchemaEngine: engine } = await loadWasm();
  const datamodels = schema.map(({ path: name, content }): [string, string] => [name, content]);
  return engine.new({ datamodels }, () => {}, adapter);
}
