import "server-only";
import { z } from "zod";

const optionalText = z
  .string()
  .optional()
  .transform((value) => (value ? value : undefined));

const schema = z
  .object({
    /** The app's role: no DDL, no UPDATE on history. */
    DATABASE_URL: z.string().min(1, "the app's PostgreSQL URL"),
    /** The sealer's role; without it the app's connection takes the role with SET ROLE where it may. */
    DATABASE_SEALER_URL: optionalText,
    /** Uploaded files, packs and, for the embedded default, secrets. */
    COUNTERSIGN_DATA_DIR: z.string().default(".data"),
    /** Where browsers reach us; everything else is redirected there. */
    APP_ORIGIN: z.string().default("http://localhost:3000"),
    NEXTAUTH_SECRET: z.string().min(16, "a random text of 16 characters or more"),
    /** Ed25519 private key, PKCS#8 PEM: signs manifests, checkpoints and packs. Or the path of a file that holds it. */
    COUNTERSIGN_SIGNING_KEY: optionalText,
    COUNTERSIGN_SIGNING_KEY_FILE: optionalText,
    /** 32 bytes in base64: encrypts source secrets. Or the path of a file that holds it. */
    COUNTERSIGN_ENCRYPTION_KEY: optionalText,
    COUNTERSIGN_ENCRYPTION_KEY_FILE: optionalText,
    /** Sign-in by OpenID Connect: all three or none. */
    OIDC_ISSUER: optionalText,
    OIDC_CLIENT_ID: optionalText,
    OIDC_CLIENT_SECRET: optionalText,
    OIDC_NAME: z.string().default("single sign-on"),
    /** How many proxies of ours stand in front and append to X-Forwarded-For: the address that limits and audit speak of is taken from there. */
    TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
    /** Where mail goes out: smtp://user:password@host:587 or smtps://…:465, and from whom. Both or none; without them, notifications are in the app only. */
    SMTP_URL: optionalText.refine((url) => url === undefined || /^smtps?:\/\/[^/]/.test(url), "smtp://host:port or smtps://host:port"),
    MAIL_FROM: optionalText.refine((from) => from === undefined || /@[^@\s>]+>?\s*$/.test(from), "an address, or Name <address>"),
    /** IANA zone of the hour at which daily digests go out. */
    MAIL_ZONE: z.string().default("UTC"),
    /** The embedded demo instance: marks its packs and shows its sign-ins on the sign-in page. */
    COUNTERSIGN_DEMO: z.stringbool().default(false),
  })
  .refine((env) => new Set([env.OIDC_ISSUER, env.OIDC_CLIENT_ID, env.OIDC_CLIENT_SECRET].map((value) => value === undefined)).size === 1, {
    message: "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET go together: set all three or none",
  })
  .refine((env) => (env.SMTP_URL === undefined) === (env.MAIL_FROM === undefined), {
    message: "SMTP_URL and MAIL_FROM go together: set both or none",
  });

export type Env = z.infer<typeof schema>;

let parsed: Env | undefined;

/** The process's configuration, checked once. Throws one readable error that names every wrong variable. Not read while `next build` runs. */
export function env(): Env {
  if (parsed) return parsed;
  const result = schema.safeParse(process.env);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `  ${issue.path.join(".") || "environment"}: ${issue.message}`);
    throw new Error(`The environment is not complete:\n${lines.join("\n")}`);
  }
  parsed = result.data;
  process.env.NEXTAUTH_URL = parsed.APP_ORIGIN; // next-auth reads its own address nowhere else, and must not believe a Host header
  return parsed;
}
