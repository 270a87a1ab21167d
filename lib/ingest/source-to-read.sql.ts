import "server-only";
import { ZodError } from "zod";
import { type Connector, SourceError } from "#lib/connectors/contract.ts";
import { type FilesConfig, filesConfig } from "#lib/connectors/files/upload.ts";
import { createConnector, isConnectorKind } from "#lib/connectors/registry.ts";
import type { Tx } from "#lib/db/tx.ts";
import { openSecret, secretOf } from "./secrets.ts";
import { currentFiles } from "./source-files.sql.ts";

/** What it takes to open a source's connector. */
export type SourceToRead = {
  id: string;
  name: string;
  kind: string;
  state: "active" | "paused" | "retired";
  config: unknown;
  secret: Buffer | null;
};

export async function findSourceToRead(tx: Tx, sourceId: string): Promise<SourceToRead | null> {
  const [row] = await tx.rows<SourceToRead>(
    "SELECT id, name, kind, state::text AS state, config, secret FROM sources WHERE id = $1::uuid",
    [sourceId],
  );
  return row ?? null;
}

/** The uploaded files of a source of kind "files", with their mapping; null for every other kind. */
export async function filesToRead(tx: Tx, source: Pick<SourceToRead, "id" | "kind" | "config">): Promise<FilesConfig | null> {
  if (source.kind !== "files") return null;
  const files = await currentFiles(tx, source.id);
  const mapping = (source.config as { mapping?: unknown } | null)?.mapping;
  if (files.length === 0 || !mapping)
    throw new SourceError("The source has no file yet, or no mapping. Upload a file and map its columns.");
  return explained(() => filesConfig.parse({ files, mapping }));
}

/** Opens the source's connector; throws SourceError where its settings are no longer usable. */
export async function openConnector(tx: Tx, source: Omit<SourceToRead, "name" | "state">, files?: FilesConfig | null): Promise<Connector> {
  const { kind } = source;
  if (!isConnectorKind(kind)) throw new SourceError(`There is no connector of kind ${kind} in this version.`);
  const settings = files ?? (await filesToRead(tx, source)) ?? source.config;
  const secrets = source.secret ? openSecret(secretOf(source.id), source.secret) : {};
  return explained(() => createConnector(kind, settings, secrets));
}

function explained<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [issue] = error.issues;
    throw new SourceError(`The source's settings cannot be used: ${issue?.path.join(".") || "settings"}: ${issue?.message ?? "invalid"}.`);
  }
}
