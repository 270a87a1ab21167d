import { z } from "zod";

const id = z.uuid();
const reason = z.string().trim().min(3, "Say why, in a few words.").max(2000);

export const remediationInput = z.strictObject({ remediationId: id });
/** `confirmed` names the warnings of the pre-flight that the person has read and goes on in spite of. */
export const executeRemediationInput = z.strictObject({ remediationId: id, confirmed: z.array(z.string().max(100)).max(20).default([]) });
export const manualRemediationInput = z.strictObject({ remediationId: id, reason });
export const claimRemediationInput = z.strictObject({
  remediationId: id,
  proof: z.string().trim().min(10, "Say what was done, where and when: an auditor reads this.").max(10_000),
});
/** As somebody's ticket system names it; the link leads there. */
export const ticketInput = z.strictObject({
  reference: z.string().trim().min(1, "Give the ticket's number or name.").max(100),
  link: z
    .url({ protocol: /^https$/, error: "An address like https://tickets.example.org/OPS-12, or nothing." })
    .max(2000)
    .refine((text) => !URL.canParse(text) || new URL(text).username === "", "Leave user and password out of the address.")
    .nullable()
    .default(null),
});
export const ticketRemediationInput = ticketInput.extend({ remediationId: id });
export const remediationReasonInput = z.strictObject({ remediationId: id, reason });
export const checkBatchInput = z.strictObject({ campaignId: id, sourceId: id });
export const startBatchInput = z.strictObject({
  campaignId: id,
  sourceId: id,
  confirmed: z.array(z.string().max(100)).max(20).default([]),
  /** So many that cannot be taken back stop the rest. */
  stopAfter: z.int().min(1).max(100).default(1),
});
export const stopBatchInput = z.strictObject({ batchId: id, reason });
export const batchRestoreInput = z.strictObject({ batchId: id, reason });
export const restoreInput = z.strictObject({ remediationId: id, requestId: id });
export const MAX_PROOF_BYTES = 5 * 1024 * 1024;
export const addProofInput = z.strictObject({
  remediationId: id,
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .refine((name) => !name.includes("/") && !name.includes("\\"), "A file's name has no path."),
});
export const proofInput = z.strictObject({ remediationId: id, proofId: id });
/** What a request of two people to put something back holds. */
export const askedRestore = z.strictObject({ remediationIds: z.array(id).min(1) });
export const requestWritesInput = z.strictObject({
  sourceId: id,
  /** Settings and secret of the account that writes, as the connector's writer asks for them. The secret is encrypted at once and never shown. */
  config: z.record(z.string(), z.unknown()).default({}),
  secret: z.string().min(1).max(10_000),
  reason,
});
export const confirmWritesInput = z.strictObject({ requestId: id });
export const disableWritesInput = z.strictObject({ sourceId: id, reason });
/** High and critical work still open that the owner closes the campaign in spite of, one by one. */
export const closeCampaignInput = z.strictObject({
  campaignId: id,
  openRemediationIds: z.array(id).max(1000).default([]),
  reason: reason.optional(),
});

export const remediationListParams = z.object({
  campaignId: z.union([id, z.literal("")]).catch(""),
  sourceId: z.union([id, z.literal("")]).catch(""),
  state: z.string().max(40).catch(""),
  risk: z.enum(["", "low", "ordinary", "high", "critical"]).catch(""),
  show: z.enum(["open", "all"]).catch("open"),
  q: z.string().max(200).catch(""),
});

export type RemediationInput = z.input<typeof remediationInput>;
export type ExecuteRemediationInput = z.input<typeof executeRemediationInput>;
export type ManualRemediationInput = z.input<typeof manualRemediationInput>;
export type ClaimRemediationInput = z.input<typeof claimRemediationInput>;
export type TicketRemediationInput = z.input<typeof ticketRemediationInput>;
export type RemediationReasonInput = z.input<typeof remediationReasonInput>;
export type CheckBatchInput = z.input<typeof checkBatchInput>;
export type StartBatchInput = z.input<typeof startBatchInput>;
export type StopBatchInput = z.input<typeof stopBatchInput>;
export type BatchRestoreInput = z.input<typeof batchRestoreInput>;
export type AddProofInput = z.input<typeof addProofInput>;
export type ProofInput = z.input<typeof proofInput>;
export type RestoreInput = z.input<typeof restoreInput>;
export type RequestWritesInput = z.input<typeof requestWritesInput>;
export type ConfirmWritesInput = z.input<typeof confirmWritesInput>;
export type DisableWritesInput = z.input<typeof disableWritesInput>;
export type CloseCampaignInput = z.input<typeof closeCampaignInput>;
export type RemediationListParams = z.infer<typeof remediationListParams>;
