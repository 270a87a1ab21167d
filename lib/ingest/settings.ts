import { ZodError } from "zod";
import { awsSettings } from "#lib/connectors/aws/schema.ts";
import { connectorLabel, createConnector, isConnectorKind } from "#lib/connectors/registry.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { filesSettings } from "./schema.ts";

/**
 * Refuses settings and secrets that the source's connector would refuse, with the fields that are wrong; answers with the settings to keep.
 * Nothing is contacted. Secrets come apart from settings and never go into them: the schemas are strict.
 */
export async function checkSettings(kind: string, config: unknown, secret: unknown): Promise<Record<string, unknown>> {
  if (!isConnectorKind(kind)) throw invalid(`There is no kind of source called ${kind}.`, { kind: "Choose one of the kinds listed." });
  try {
    if (kind === "files") return filesSettings.parse(config);
    // Where its files lie is never a setting.
    if (kind === "aws") awsSettings.parse(config);
    const connector = createConnector(kind, config, secret ?? {});
    await connector.close();
    return config as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const fields = Object.fromEntries(error.issues.map(({ path, message }) => [["config", ...path].join("."), message]));
    throw invalid(`These settings cannot be used for ${connectorLabel(kind)}.`, fields);
  }
}
