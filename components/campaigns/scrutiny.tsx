import { Section } from "#components/ui/page-header.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { CampaignPage } from "#lib/campaigns/campaign-types.ts";
import { suspicionsOf } from "#lib/campaigns/quality.ts";
import classes from "./campaign-page.module.css";
import { DrawSecondLook, SecondLooks } from "./second-looks.tsx";

const BEFORE_SIGN_OFF = ["ACTIVE", "PAUSED", "CLOSING"];

/** Who kept privileged access in a rush, and what others think of it. Left out where nobody did and nothing was drawn. */
export function Scrutiny({ campaign, canManage }: { campaign: CampaignPage; canManage: boolean }) {
  const { id, state, quality, reviewerRows, secondLooks } = campaign;
  const rushed = quality.filter((each) => suspicionsOf(each).length > 0);
  if (rushed.length === 0 && secondLooks.length === 0) return null;
  const nameOf = new Map(reviewerRows.map(({ personId, name }) => [personId, name]));
  return (
    <Section title="Second looks">
      <span id="second-looks" />
      {rushed.map(({ reviewerId, privilegedKept, privilegedKeepSeconds, privilegedKeepViewed }) => {
        const name = nameOf.get(reviewerId) ?? "Somebody";
        return (
          <p key={reviewerId} className={classes.buttons}>
            <ToneText tone="warning">
              {`${name} kept ${privilegedKept} privileged items at ${Math.round(privilegedKeepSeconds ?? 0)} seconds each and opened the evidence of ${privilegedKeepViewed}.`}
            </ToneText>
            {canManage && BEFORE_SIGN_OFF.includes(state) && <DrawSecondLook campaignId={id} reviewerId={reviewerId} name={name} />}
          </p>
        );
      })}
      {secondLooks.length > 0 && <SecondLooks campaignId={id} rows={secondLooks} />}
    </Section>
  );
}
