import { z } from "zod";
import { NOTIFICATION_KINDS } from "./kinds.ts";
import { MAIL_PREFERENCES } from "./types.ts";

const id = z.uuid();
const url = z
  .url({ protocol: /^https?$/, error: "An address like https://hooks.example.org/countersign." })
  .max(2000)
  .refine((text) => !URL.canParse(text) || new URL(text).username === "", "Calls are signed: leave user and password out of the address.");

/** Left out: all of them. */
export const markReadInput = z.strictObject({ notificationIds: z.array(id).min(1).max(500).optional() });
export const setPreferenceInput = z.strictObject({ mail: z.enum(MAIL_PREFERENCES) });
export const inboxParams = z.object({ show: z.enum(["unread", "all"]).catch("all") });
export const addEndpointInput = z.strictObject({
  name: z.string().trim().min(1, "Name the webhook.").max(100),
  url,
  /** Empty: every kind. */
  kinds: z.array(z.enum(NOTIFICATION_KINDS)).max(NOTIFICATION_KINDS.length).default([]),
});
export const endpointInput = z.strictObject({ endpointId: id });
export const testMailInput = z.strictObject({});

export type MarkReadInput = z.input<typeof markReadInput>;
export type SetPreferenceInput = z.input<typeof setPreferenceInput>;
export type AddEndpointInput = z.input<typeof addEndpointInput>;
export type EndpointInput = z.input<typeof endpointInput>;
