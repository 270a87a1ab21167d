import type { Permission } from "#lib/authz/permissions.ts";

/** What takes two people, by the permission that the second one needs. */
export const SECOND_PERSON: Readonly<Record<string, { permission: Permission; words: string }>> = {
  "sync_run.override": { permission: "source.override", words: "Let a held sync through" },
  "campaign.override_block": { permission: "campaign.override", words: "Freeze a blocked campaign" },
  "campaign.extend": { permission: "campaign.override", words: "Extend a campaign" },
  "campaign_item.correct": { permission: "campaign.override", words: "Decide a final item anew" },
  "campaign_item.override_independence": { permission: "campaign.override", words: "Let somebody review who is not independent" },
  "campaign.cancel": { permission: "campaign.override", words: "Cancel a campaign" },
  "remediation.restore": { permission: "remediation.restore", words: "Put access back" },
  "source.enable_writes": { permission: "source.enable_writes", words: "Switch a source's writes on" },
};

export type WaitingRequest = {
  id: string;
  action: string;
  subjectKind: string;
  subjectId: string;
  /** The source of a sync run: its page hangs below. */
  sourceId: string | null;
  /** Of an item. */
  campaignId: string | null;
  name: string | null;
  reason: string;
  requestedByName: string | null;
  expiresAt: string;
};

type Addressed = Pick<WaitingRequest, "subjectKind" | "subjectId" | "sourceId" | "campaignId">;

/** Where the second person reads what was asked and confirms it. */
export function addressOf({ subjectKind, subjectId, sourceId, campaignId }: Addressed): string {
  if (subjectKind === "campaign") return `/campaigns/${subjectId}`;
  if (subjectKind === "campaign_item" && campaignId) return `/campaigns/${campaignId}/items/${subjectId}`;
  if (subjectKind === "remediation") return `/remediations/${subjectId}`;
  if (subjectKind === "removal_batch") return `/remediations/batches/${subjectId}`;
  if (subjectKind === "sync_run" && sourceId) return `/sources/${sourceId}/runs/${subjectId}`;
  return `/sources/${subjectId}`;
}
