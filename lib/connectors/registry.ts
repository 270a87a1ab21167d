import type { Connector } from "./contract.ts";
import { createFilesConnector } from "./files/connector.ts";
import { createPostgresConnector } from "./postgres/connector.ts";
import { postgresConfig } from "./postgres/schema.ts";

type Kind = { label: string; create: (settings: unknown, secrets: unknown) => Connector };

/** Each kind of source: what people call it, and how its connector is made. One line per connector. */
const KINDS = {
  files: { label: "Files", create: (settings) => createFilesConnector(settings) },
  postgres: { label: "PostgreSQL", create: (settings, secrets) => createPostgresConnector(postgresConfig(settings, secrets)) },
} as const satisfies Record<string, Kind>;

export type ConnectorKind = keyof typeof KINDS;
export const CONNECTOR_KINDS = Object.keys(KINDS) as ConnectorKind[];

export const isConnectorKind = (kind: string): kind is ConnectorKind => Object.hasOwn(KINDS, kind);
export const connectorLabel = (kind: ConnectorKind): string => KINDS[kind].label;

/** Both are parsed here; a ZodError names the setting that is wrong. Secrets are kept apart from settings, and only meet here. */
export const createConnector = (kind: ConnectorKind, settings: unknown, secrets: unknown = {}): Connector =>
  KINDS[kind].create(settings, secrets);
