import { InventoryLink } from "#components/inventory/inventory-link.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { ExceptionDetail } from "#lib/exceptions/types.ts";
import { SUSPENSION_WORDS } from "./exception-words.ts";
import classes from "./exceptions.module.css";

type FactsProps = { exception: ExceptionDetail };

/** Which access, who asked, why, and for how long. Names lead on for those who may read the inventory. */
export function ScopeFacts({ exception, mayOpen }: FactsProps & { mayOpen: boolean }) {
  const { campaignId, itemId, renewal } = exception;
  return (
    <DefinitionList
      facts={[
        {
          term: "Identity",
          value: exception.identityName && (
            <InventoryLink page="identities" id={exception.identityId} may={mayOpen}>
              {exception.identityName}
            </InventoryLink>
          ),
        },
        {
          term: "Access",
          value: exception.entitlementName && (
            <>
              {exception.meaning && `${exception.meaning}: `}
              <InventoryLink page="entitlements" id={exception.entitlementId} may={mayOpen}>
                {exception.entitlementName}
              </InventoryLink>
            </>
          ),
        },
        { term: "Resource", value: exception.resourceName },
        { term: "Owner of the resource", value: exception.resourceOwnerName },
        { term: "Source", value: exception.sourceName },
        { term: "Risk", value: <RiskBadge risk={exception.riskClass} /> },
        { term: "Asked by", value: exception.requesterName },
        { term: "Because", value: <p className={classes.quote}>{exception.rationale}</p> },
        ...(campaignId && itemId
          ? [{ term: "Asked from", value: <TextLink href={`/campaigns/${campaignId}/items/${itemId}`}>an item under review</TextLink> }]
          : []),
        { term: "In force since", value: exception.activeAt ? <Moment at={exception.activeAt} /> : "not in force yet" },
        ...(exception.activeAt || !exception.startsAt ? [] : [{ term: "Starts", value: <Moment at={exception.startsAt} /> }]),
        { term: "Ends", value: <Moment at={exception.expiresAt} /> },
        { term: "Renewed", value: exception.renewals === 0 ? "never" : exception.renewals === 1 ? "once" : `${exception.renewals} times` },
        ...(renewal
          ? [
              {
                term: "More time asked for",
                value: (
                  <>
                    until <Moment at={renewal.expiresAt} show="date" /> by {renewal.requesterName ?? "somebody unknown"}
                    <p className={classes.quote}>{renewal.rationale}</p>
                  </>
                ),
              },
            ]
          : []),
        { term: "At most", value: `${exception.capDays} days at this risk, at once and at each renewal` },
      ]}
    />
  );
}

/** What keeps the risk down meanwhile, who answers for it, and what testing it showed. */
export function ControlFacts({ exception }: FactsProps) {
  const { controlResult, controlTestedAt, suspendedFor } = exception;
  const result =
    controlResult === null ? (
      "not tested yet"
    ) : (
      <>
        {controlResult === "passed" ? "passed" : <ToneText tone="danger">failed</ToneText>}, <Moment at={controlTestedAt} />
      </>
    );
  return (
    <DefinitionList
      facts={[
        { term: "Control", value: <p className={classes.quote}>{exception.control}</p> },
        { term: "Answers for it", value: exception.controlOwner },
        { term: "Tested by", value: <p className={classes.quote}>{exception.controlTest}</p> },
        { term: "Last test", value: result },
        { term: "Next test due", value: <Moment at={exception.controlDueAt} /> },
        ...(suspendedFor
          ? [{ term: "Suspended", value: <ToneText tone="danger">because {SUSPENSION_WORDS[suspendedFor]}</ToneText> }]
          : []),
      ]}
    />
  );
}
