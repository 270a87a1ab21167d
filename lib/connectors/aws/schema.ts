import { z } from "zod";
import { ENVIRONMENTS, SENSITIVITIES } from "#lib/inventory/streams.ts";
import { uploadedFile } from "../files/upload.ts";

const accountId = z.string().regex(/^\d{12}$/, "the twelve digits of an account");

/** What people know of an account and AWS does not tell. An account that is not listed goes by its number. */
const account = z.strictObject({
  id: accountId,
  name: z.string().trim().min(1).max(120).optional(),
  environment: z.enum(ENVIRONMENTS).default("unknown"),
  sensitivity: z.enum(SENSITIVITIES).default("unknown"),
});

const pageSize = z.int().min(1).max(20_000).default(2_000);
const accounts = z
  .array(account)
  .max(2_000)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "an account is listed twice")
  .default([]);

/** The AWS CLI is run where the account is, and what it wrote is uploaded: no key of the account is ever here. */
const bundle = z.strictObject({ way: z.literal("bundle"), accounts, pageSize });

const live = z.strictObject({
  way: z.literal("live"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region, such as eu-central-1"),
  /** In place of AWS's own address, for a private one. Everything is asked there and nowhere else. */
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  /** A role of the account that is read, which the key's owner may assume; the external id keeps others from borrowing the reader. */
  role: z
    .strictObject({
      arn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, "the ARN of a role"),
      externalId: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, "an external id as AWS takes it"),
    })
    .optional(),
  /** Link-local and metadata addresses are refused, as for every source. */
  allowLinkLocal: z.boolean().default(false),
  deadlineSeconds: z.int().min(5).max(3_600).default(900),
  accounts,
  pageSize,
});

/** A source's configuration: shown to people, so it holds no secret. */
export const awsSettings = z.discriminatedUnion("way", [bundle, live]);
export type AwsSettings = z.infer<typeof awsSettings>;
export type LiveSettings = z.infer<typeof live>;

/** Kept encrypted and never shown again. A session token only where the key is a temporary one. */
export const awsSecrets = z.strictObject({
  accessKeyId: z.string().regex(/^[A-Z0-9]{16,128}$/, "an access key id"),
  secretAccessKey: z.string().min(16).max(1_000),
  sessionToken: z.string().min(1).max(10_000).optional(),
});
export type AwsSecrets = z.infer<typeof awsSecrets>;

const files = z.array(uploadedFile).min(1).max(200);
export type AwsBundle = z.infer<typeof bundle> & { readonly files: z.infer<typeof files> };
export type AwsLive = LiveSettings & { readonly secrets: AwsSecrets };
export type AwsConfig = AwsBundle | AwsLive;

/** Settings and secrets are kept apart, and only meet here. A bundle's settings come with the files that were uploaded, once there are any. */
export function awsConfig(settings: unknown, secrets: unknown): AwsConfig {
  const { files: uploaded, ...rest } = z.looseObject({ files: files.optional() }).parse(settings);
  const parsed = awsSettings.parse(rest);
  if (parsed.way === "bundle") return { ...parsed, files: uploaded ?? [] };
  return { ...parsed, secrets: awsSecrets.parse(secrets) };
}
