import { z } from "zod";
import { ENVIRONMENTS, IDENTITY_CLASSES, SENSITIVITIES } from "#lib/inventory/streams.ts";

/** PostgreSQL cuts longer names silently, and then they are another role's. */
const name = z.string().min(1).max(63);
const pattern = z.string().min(1).max(200);
const password = z.string().min(1).max(1000);

const tls = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("disable") }),
  /** Encrypts, but believes whoever answers. */
  z.strictObject({ mode: z.literal("require") }),
  /** Encrypts and checks the server's certificate and name, against `ca` (PEM) or the system's authorities. */
  z.strictObject({ mode: z.literal("verify-full"), ca: z.string().max(100_000).optional() }),
]);

/** A source's configuration: shown to people, so it holds no secret. In patterns `*` stands for any characters; the first that fits wins. */
export const postgresSettings = z.strictObject({
  host: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[A-Za-z0-9._:-]+$/, "a host name or an address"),
  port: z.int().min(1).max(65_535).default(5432),
  /** Where the reader signs in first. Every other database is entered from what this one lists. */
  database: name.default("postgres"),
  user: name,
  /** The account that removes access, never the reader's. Known to the reader only so that it can be named and protected. */
  writerUser: name.optional(),
  tls: tls.default({ mode: "verify-full" }),
  databases: z.strictObject({ only: z.array(pattern).default([]), except: z.array(pattern).default([]) }).prefault({}),
  /** Roles that are left out and counted, for example those of Countersign's own databases on the same server. */
  exceptRoles: z.array(pattern).default([]),
  /** What kind of identity a role is, by its name. A tag in the role's comment wins over this; without either it is unknown. */
  classes: z
    .array(
      z.strictObject({
        pattern,
        class: z.enum(IDENTITY_CLASSES),
        owner: z.string().max(320).optional(),
        purpose: z.string().max(1000).optional(),
      }),
    )
    .default([]),
  /** Roles that nothing is ever taken from by this program. A comment tag `class=break_glass` says the same. */
  breakGlass: z.array(pattern).default([]),
  environment: z.enum(ENVIRONMENTS).default("unknown"),
  sensitivity: z.enum(SENSITIVITIES).default("unknown"),
  /** Link-local and cloud metadata addresses are refused: nobody's database lives there, and what does hands out credentials. */
  allowLinkLocal: z.boolean().default(false),
  statementTimeoutSeconds: z.int().min(1).max(3600).default(60),
  /** For the whole run: its snapshots keep the server from cleaning up behind them. */
  deadlineSeconds: z.int().min(5).max(86_400).default(1800),
  pageSize: z.int().min(1).max(20_000).default(2000),
  /** Each database that is read costs one connection for the length of the run. */
  maxDatabases: z.int().min(1).max(500).default(40),
});
export type PostgresSettings = z.infer<typeof postgresSettings>;

/** Kept encrypted and never shown again. The two belong to two accounts. */
export const postgresReaderSecrets = z.strictObject({ password });
export const postgresWriterSecrets = z.strictObject({ password });

export type PostgresConfig = PostgresSettings & { readonly password: string };
export type PostgresWriterConfig = PostgresSettings & { readonly writerUser: string; readonly writerPassword: string };

/** Parses settings and the reader's secret, given apart because they are kept apart. */
export const postgresConfig = (settings: unknown, secrets: unknown): PostgresConfig => ({
  ...postgresSettings.parse(settings),
  ...postgresReaderSecrets.parse(secrets),
});

export function postgresWriterConfig(settings: unknown, secrets: unknown): PostgresWriterConfig {
  const parsed = postgresSettings
    .refine((each) => each.writerUser !== undefined, { path: ["writerUser"], message: "the account that removes access" })
    .refine((each) => each.writerUser !== each.user, { path: ["writerUser"], message: "the reader never writes: name another account" })
    .parse(settings);
  return { ...parsed, writerUser: parsed.writerUser ?? "", writerPassword: postgresWriterSecrets.parse(secrets).password };
}

/** Whether a name fits one of the patterns. */
export function fits(name: string, patterns: readonly string[]): boolean {
  return patterns.some((each) => new RegExp(`^${each.split("*").map(literal).join(".*")}$`, "su").test(name));
}

const literal = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}/-]/g, "\\$&");
