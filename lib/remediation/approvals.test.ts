import { expect, it } from "vitest";
import { addressOf, type WaitingRequest } from "./approvals.ts";

const request = (given: Partial<WaitingRequest>): WaitingRequest => ({
  id: "r",
  action: "campaign.cancel",
  subjectKind: "campaign",
  subjectId: "c1",
  sourceId: null,
  campaignId: null,
  name: null,
  reason: "because",
  requestedByName: null,
  expiresAt: "2026-11-28T00:00:00.000Z",
  ...given,
});

it.each<[string, Partial<WaitingRequest>, string]>([
  ["a campaign is confirmed on its page", {}, "/campaigns/c1"],
  ["a held run is confirmed on the run's page", { subjectKind: "sync_run", subjectId: "r1", sourceId: "s1" }, "/sources/s1/runs/r1"],
  ["a source's writes are confirmed on the source's page", { subjectKind: "source", subjectId: "s1" }, "/sources/s1"],
  [
    "an item's correction is confirmed on the item's page",
    { subjectKind: "campaign_item", subjectId: "i1", campaignId: "c1" },
    "/campaigns/c1/items/i1",
  ],
  ["access is put back from the task's page", { subjectKind: "remediation", subjectId: "t1" }, "/remediations/t1"],
])("%s", (_name, given, expected) => expect(addressOf(request(given))).toBe(expected));
