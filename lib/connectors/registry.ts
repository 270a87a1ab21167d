import type { Connector, SourceWriter } from "./contract.ts";
import { createFilesConnector } from "./files/connector.ts";
import { createPostgresConnector } from "./postgres/connector.ts";
import { postgresConfig, postgresWriterConfig } from "./postgres/schema.ts";
import { createPostgresWriter } from "./postgres/writes.ts";

type Kind = {
  label: string;
  create: (settings: unknown, secrets: unknown) => Connector;
  /** Only kinds that something can be taken back from have one. */
  createWriter?: (settings: unknown, secrets: unknown) => SourceWriter;
};

/** Each kind of source: what people call it, and how its connector is made. One line per connector. */
const KINDS = {
  files: { label: "Files", create: (settings) => createFilesConnector(settings) },
  postgres: {
    label: "PostgreSQL",
    create: (settings, secrets) => createPostgresConnector(postgresConfig(settings, secrets)),
    createWriter: (settings, secrets) => createPostgresWriter(postgresWriterConfig(settings, secrets)),
  },
} as const satisfies Record<string, Kind>;

export type ConnectorKind = keyof typeof KINDS;
export const CONNECTOR_KINDS = Object.keys(KINDS) as ConnectorKind[];

export const isConnectorKind = (kind: string): kind is ConnectorKind => Object.hasOwn(KINDS, kind);
export const connectorLabel = (kind: ConnectorKind): string => KINDS[kind].label;

/** Both are parsed here; a ZodError names the setting that is wrong. Secrets are kept apart from settings, and only meet here. */
export const createConnector = (kind: ConnectorKind, settings: unknown, secrets: unknown = {}): Connector =>
  KINDS[kind].create(settings, secrets);

const writerOf = (kind: string): Kind["createWriter"] => (isConnectorKind(kind) ? (KINDS[kind] as Kind).createWriter : undefined);

/** Whether anything can be taken back from sources of this kind by this program. */
export const writerSupported = (kind: string): boolean => writerOf(kind) !== undefined;

/** The writer of a source, or null where its kind has none. Settings are the source's with the writer's own over them; contacts nothing. */
export const createWriter = (kind: string, settings: unknown, secrets: unknown): SourceWriter | null =>
  writerOf(kind)?.(settings, secrets) ?? null;
