import { z } from "zod";
import { filesMapping } from "#lib/connectors/files/mapping.ts";
import { attestation } from "#lib/connectors/files/upload.ts";
import { STREAM_NAMES } from "#lib/inventory/streams.ts";

const id = z.uuid();
const name = z.string().trim().min(1).max(120);
const sentence = z.string().trim().min(1).max(2_000);
const schedule = z.string().trim().min(9).max(120).nullable();
const zone = z.string().min(1).max(64);
const dropThreshold = z.int().min(0).max(100);
/** Parsed by the connector's own schema. */
const config = z.record(z.string(), z.unknown());
const secret = z.record(z.string(), z.string().max(10_000));

/** The settings of a source of kind "files": no mapping yet means that nothing can be imported yet. */
export const filesSettings = z.strictObject({ mapping: filesMapping.nullable().default(null) });

export const addSourceInput = z.strictObject({
  name,
  kind: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/),
  config: config.default({}),
  secret: secret.optional(),
  schedule: schedule.default(null),
  scheduleZone: zone.default("UTC"),
  dropThreshold: dropThreshold.default(20),
  /** May create people; any other source's identities are only matched to them. */
  isPeopleSource: z.boolean().default(false),
});
export type AddSourceInput = z.input<typeof addSourceInput>;

export const changeSourceInput = z.strictObject({
  sourceId: id,
  name: name.optional(),
  config: config.optional(),
  /** Replaces the whole secret. */
  secret: secret.optional(),
  dropThreshold: dropThreshold.optional(),
  isPeopleSource: z.boolean().optional(),
});
export type ChangeSourceInput = z.input<typeof changeSourceInput>;

export const sourceInput = z.strictObject({ sourceId: id });
export type SourceInput = z.input<typeof sourceInput>;

export const retireSourceInput = z.strictObject({ sourceId: id, reason: sentence });
export type RetireSourceInput = z.input<typeof retireSourceInput>;

export const setScheduleInput = z.strictObject({ sourceId: id, schedule, scheduleZone: zone.default("UTC") });
export type SetScheduleInput = z.input<typeof setScheduleInput>;

export const uploadFileInput = z.strictObject({
  sourceId: id,
  /** What the file is called; never a path. */
  name: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\p{Cc}\p{Cf}/\\]+$/u, "A file name holds no slash and no control character."),
  /** What the sender says that its SHA-256 is: a damaged upload is refused. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  exportedAt: z.iso.datetime({ offset: true }).optional(),
  declared: z.partialRecord(z.enum(STREAM_NAMES), z.int().min(0)).optional(),
  attestation: attestation.optional(),
  /** Which file of the mapping this is, where its name is another. */
  mappedAs: z.string().min(1).max(255).optional(),
  /** One more piece of that file: what is there stays beside it. Otherwise a newer export takes the place of the older, whatever it is called. */
  isPiece: z.boolean().default(false),
});
export type UploadFileInput = z.input<typeof uploadFileInput>;

export const startSyncInput = z.strictObject({
  sourceId: id,
  trigger: z.enum(["by_hand", "schedule", "upload", "retry"]).default("by_hand"),
});
export type StartSyncInput = z.input<typeof startSyncInput>;

export const runInput = z.strictObject({ runId: id });
export type RunInput = z.input<typeof runInput>;

export const rejectRunInput = z.strictObject({ runId: id, reason: sentence });
export type RejectRunInput = z.input<typeof rejectRunInput>;

export const requestOverrideInput = z.strictObject({ runId: id, reason: sentence });
export type RequestOverrideInput = z.input<typeof requestOverrideInput>;

export const confirmOverrideInput = z.strictObject({ requestId: id });
export type ConfirmOverrideInput = z.input<typeof confirmOverrideInput>;

/** What second_person_requests.input holds for an override: what the second person is shown and confirms. */
export const overrideTerms = z.strictObject({
  runId: id,
  /** How many grants come to their end by it; a partial run only adds. */
  endsGrants: z.int().min(0),
  onlyAdditions: z.boolean(),
  reasons: z.array(z.string()),
});
export type OverrideTerms = z.infer<typeof overrideTerms>;
