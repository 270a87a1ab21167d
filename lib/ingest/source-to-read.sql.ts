import "server-only";
import { ZodError } from "zod";
import { type Connector, SourceError } from "#lib/connectors/contract.ts";
import { type FilesConfig, filesConfig, type UploadedFile } from "#lib/connectors/files/upload.ts";
import { createConnector, isConnectorKind, settingsWithUploads, takesUploads } from "#lib/connectors/registry.ts";
import { openSecret, secretOf } from "#lib/connectors/secrets.ts";
import type { Tx } from "#lib/db/tx.ts";
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

/** What was uploaded for a source, and its settings with that in them. */
export type Uploads = {
  files: readonly UploadedFile[];
  settings: unknown;
  /** With the mapping that says what their columns mean; null where the connector knows by itself. */
  mapped: FilesConfig | null;
};

/** null for a source that nothing is uploaded for. */
export async function uploadsToRead(tx: Tx, source: Pick<SourceToRead, "id" | "kind" | "config">): Promise<Uploads | null> {
  if (!takesUploads(source.kind, source.config)) return null;
  const files = await currentFiles(tx, source.id);
  const isMapped = source.kind === "files";
  if (files.length === 0 || (isMapped && !(source.config as { mapping?: unknown } | null)?.mapping))
    throw new SourceError(
      isMapped
        ? "The source has no file yet, or no mapping. Upload a file and map its columns."
        : "The source has no file yet. Upload one.",
    );
  const settings = settingsWithUploads(source.kind, source.config, files);
  return { files, settings, mapped: isMapped ? explained(() => filesConfig.parse(settings)) : null };
}

/** Opens the source's connector; throws SourceError where its settings are no longer usable. */
export async function openConnector(tx: Tx, source: Omit<SourceToRead, "name" | "state">, uploads?: Uploads | null): Promise<Connector> {
  const { kind } = source;
  if (!isConnectorKind(kind)) throw new SourceError(`There is no connector of kind ${kind} in this version.`);
  const settings = (uploads ?? (await uploadsToRead(tx, source)))?.settings ?? source.config;
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
