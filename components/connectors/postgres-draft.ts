import type { PostgresSettings } from "#lib/connectors/postgres/schema.ts";
import type { Environment, IdentityClass, Sensitivity } from "#lib/inventory/streams.ts";

type TlsMode = PostgresSettings["tls"]["mode"];

/** The form as it is typed: lists are lines. */
export type PostgresDraft = {
  host: string;
  port: string;
  database: string;
  user: string;
  tls: TlsMode;
  ca: string;
  only: string;
  except: string;
  exceptRoles: string;
  breakGlass: string;
  classes: readonly { pattern: string; class: IdentityClass }[];
  environment: Environment;
  sensitivity: Sensitivity;
};

export const EMPTY_POSTGRES: PostgresDraft = {
  host: "",
  port: "5432",
  database: "postgres",
  user: "access_review_reader",
  tls: "verify-full",
  ca: "",
  only: "",
  except: "",
  exceptRoles: "",
  breakGlass: "",
  classes: [],
  environment: "unknown",
  sensitivity: "unknown",
};

const lines = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** What the server checks and saves. `kept` are settings that the form does not show, so that saving never drops them. */
export function settingsOf(draft: PostgresDraft, kept: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const { tls, ca, classes } = draft;
  const before = new Map(classesOf(kept).map((rule) => [rule.pattern, rule]));
  return {
    ...kept,
    host: draft.host.trim(),
    port: Number(draft.port),
    database: draft.database.trim(),
    user: draft.user.trim(),
    tls: tls === "verify-full" && ca.trim() !== "" ? { mode: tls, ca: ca.trim() } : { mode: tls },
    databases: { only: lines(draft.only), except: lines(draft.except) },
    exceptRoles: lines(draft.exceptRoles),
    breakGlass: lines(draft.breakGlass),
    classes: classes
      .filter(({ pattern }) => pattern.trim() !== "")
      .map((rule) => ({ ...before.get(rule.pattern.trim()), pattern: rule.pattern.trim(), class: rule.class })),
    environment: draft.environment,
    sensitivity: draft.sensitivity,
  };
}

/** The form of saved settings. */
export function draftOf(settings: PostgresSettings): PostgresDraft {
  return {
    host: settings.host,
    port: String(settings.port),
    database: settings.database,
    user: settings.user,
    tls: settings.tls.mode,
    ca: settings.tls.mode === "verify-full" ? (settings.tls.ca ?? "") : "",
    only: settings.databases.only.join("\n"),
    except: settings.databases.except.join("\n"),
    exceptRoles: settings.exceptRoles.join("\n"),
    breakGlass: settings.breakGlass.join("\n"),
    classes: settings.classes.map((rule) => ({ pattern: rule.pattern, class: rule.class })),
    environment: settings.environment,
    sensitivity: settings.sensitivity,
  };
}

type SavedClass = { pattern: string };
const classesOf = (kept: Readonly<Record<string, unknown>>): SavedClass[] =>
  Array.isArray(kept.classes) ? kept.classes.filter((rule): rule is SavedClass => typeof rule?.pattern === "string") : [];
