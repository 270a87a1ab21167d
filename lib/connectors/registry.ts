import { createAwsConnector } from "./aws/connector.ts";
import { awsFileOf, placeOf } from "./aws/export-kind.ts";
import { awsConfig } from "./aws/schema.ts";
import type { Connector, SourceWriter } from "./contract.ts";
import { createFilesConnector } from "./files/connector.ts";
import type { UploadedFile } from "./files/upload.ts";
import { createPostgresConnector } from "./postgres/connector.ts";
import { postgresConfig, postgresWriterConfig } from "./postgres/schema.ts";
import { createPostgresWriter } from "./postgres/writes.ts";

type Kind = {
  label: string;
  create: (settings: unknown, secrets: unknown) => Connector;
  /** Its settings as they are read with the files that were uploaded for it; null where these settings take none. Absent: it never takes any. */
  withUploads?: (settings: Record<string, unknown>, files: readonly UploadedFile[]) => unknown;
  /** Which of the source's files an upload is, by its name and its beginning: a newer one takes the place of the older. Absent: its name says. */
  placeOfUpload?: (name: string, beginning: string) => string;
  /** Only kinds that something can be taken back from have one. */
  createWriter?: (settings: unknown, secrets: unknown) => SourceWriter;
};

/** Each kind of source: what people call it, and how its connector is made. One line per connector. */
const KINDS = {
  files: {
    label: "Files",
    create: (settings) => createFilesConnector(settings),
    withUploads: ({ mapping }, files) => ({ files, mapping }),
  },
  postgres: {
    label: "PostgreSQL",
    create: (settings, secrets) => createPostgresConnector(postgresConfig(settings, secrets)),
    createWriter: (settings, secrets) => createPostgresWriter(postgresWriterConfig(settings, secrets)),
  },
  aws: {
    label: "AWS",
    create: (settings, secrets) => createAwsConnector(awsConfig(settings, secrets)),
    withUploads: (settings, files) => (settings.way === "bundle" ? { ...settings, files } : null),
    placeOfUpload: (name, beginning) => placeOf(name, awsFileOf(beginning)),
  },
} as const satisfies Record<string, Kind>;

export type ConnectorKind = keyof typeof KINDS;
export const CONNECTOR_KINDS = Object.keys(KINDS) as ConnectorKind[];

export const isConnectorKind = (kind: string): kind is ConnectorKind => Object.hasOwn(KINDS, kind);
export const connectorLabel = (kind: ConnectorKind): string => KINDS[kind].label;

/** Both are parsed here; a ZodError names the setting that is wrong. Secrets are kept apart from settings, and only meet here. */
export const createConnector = (kind: ConnectorKind, settings: unknown, secrets: unknown = {}): Connector =>
  KINDS[kind].create(settings, secrets);

/** What the connector of a source is made from, with what was uploaded for it; null where nothing is uploaded for such a source. */
export const settingsWithUploads = (kind: string, settings: unknown, files: readonly UploadedFile[]): unknown =>
  isConnectorKind(kind) ? ((KINDS[kind] as Kind).withUploads?.((settings ?? {}) as Record<string, unknown>, files) ?? null) : null;

export const takesUploads = (kind: string, settings: unknown): boolean => settingsWithUploads(kind, settings, []) !== null;

export const placeOfUpload = (kind: string, name: string, beginning: string): string =>
  (isConnectorKind(kind) ? (KINDS[kind] as Kind).placeOfUpload?.(name, beginning) : undefined) ?? name;

const writerOf = (kind: string): Kind["createWriter"] => (isConnectorKind(kind) ? (KINDS[kind] as Kind).createWriter : undefined);

/** Whether anything can be taken back from sources of this kind by this program. */
export const writerSupported = (kind: string): boolean => writerOf(kind) !== undefined;

/** The writer of a source, or null where its kind has none. Settings are the source's with the writer's own over them; contacts nothing. */
export const createWriter = (kind: string, settings: unknown, secrets: unknown): SourceWriter | null =>
  writerOf(kind)?.(settings, secrets) ?? null;
