"use client";

import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import {
  advanceRoundAction,
  archiveCampaignAction,
  closeDecisionsAction,
  collectCampaignAction,
  discardPopulationAction,
  launchCampaignAction,
  pauseCampaignAction,
  requestBlockOverrideAction,
  requestCancelAction,
  resumeCampaignAction,
  signOffAction,
} from "#lib/campaigns/actions.ts";
import type { BySilence } from "#lib/campaigns/campaign-types.ts";
import type { CampaignState } from "#lib/campaigns/types.ts";
import classes from "./campaign-page.module.css";
import { isBeforeSignOff } from "./campaign-words.ts";
import { ChildButton, ExtendButton } from "./later-due.tsx";
import { ReasonButton } from "./reason-button.tsx";
import { silenceDid, silenceWill } from "./silence-words.ts";

/** What the buttons need to know of a campaign, and of whoever looks at it. */
export type CampaignStep = {
  campaignId: string;
  state: CampaignState;
  name: string;
  dueAt: string;
  zone: string;
  /** After the one under way, and the name of the next. */
  roundsLeft: number;
  roundName: string | null;
  /** What closing now would leave to silence; after it, what silence did. */
  silence: BySilence | null;
  items: number;
  reviewers: number;
  /** Not handed in. */
  open: number;
  totals: { keep: number; revoke: number; abstain: number; exceptionRequested: number };
  isOwner: boolean;
  isReady: boolean;
  canManage: boolean;
  canOverride: boolean;
  canSignOff: boolean;
  /** Somebody asked for it already: it waits for a second person. */
  isCancelAsked: boolean;
  isExtensionAsked: boolean;
  isOverrideAsked: boolean;
};

/** The one step that comes next, in the page's header. */
export function NextStepButton({ step }: { step: CampaignStep }) {
  const { campaignId, state, canManage, isReady } = step;
  if (!canManage) return null;
  switch (state) {
    case "DRAFT":
    case "BLOCKED":
      return (
        <ConfirmButton
          title="Freeze the population"
          consequence="Sources are checked, then everything in scope is fixed as it is at one moment, reviewers are found, and the account of it is signed. Nobody is asked yet, and until the launch it can be discarded."
          action={collectCampaignAction}
          input={{ campaignId }}
        >
          {state === "DRAFT" ? "Freeze the population" : "Try the freeze again"}
        </ConfirmButton>
      );
    case "STAGED":
      return (
        <ConfirmButton
          title={`Launch ${step.name}`}
          consequence={`${counted(step.reviewers, "reviewer")} will be asked about ${counted(step.items, "item")}. From then on the population can no longer be discarded.`}
          action={launchCampaignAction}
          input={{ campaignId }}
          disabled={!isReady}
          onDone={({ items, reviewers }) => toastDone(`Launched: ${counted(items, "item")}, ${counted(reviewers, "reviewer")}`)}
        >
          Launch
        </ConfirmButton>
      );
    case "ACTIVE":
      if (step.roundsLeft > 0) return <AdvanceButton step={step} />;
      return (
        <ConfirmButton
          title="Close decisions"
          consequence={
            step.open === 0
              ? "Everything was handed in. Reviewers can no longer change anything; you may reopen single items until the sign-off."
              : `${counted(step.open, "item")} not handed in: closing now will ${silenceWill(step.silence ?? NOTHING) || "decide none of them"}, marked “by silence”. Reviewers can no longer answer them; you may reopen single items until the sign-off.`
          }
          action={closeDecisionsAction}
          input={{ campaignId }}
          disabled={!isReady}
          isDestructive={step.open > 0}
          onDone={({ decided, bySilence }) => toastDone(closedWords(decided, bySilence))}
        >
          Close decisions
        </ConfirmButton>
      );
    case "CLOSING":
      return <SignOffButton step={step} />;
    default:
      return null;
  }
}

const NOTHING: BySilence = { suspend: 0, revoke: 0, keep: 0, security: 0, unanswered: 0 };

const closedWords = (decided: number, bySilence: BySilence): string =>
  [`Closed: ${countText(decided)} decided`, silenceDid(bySilence)].filter((part) => part !== "").join("; by silence ");

function AdvanceButton({ step }: { step: CampaignStep }) {
  return (
    <ConfirmButton
      title={`Go on to ${step.roundName ?? "the next round"}`}
      consequence="What was handed in is kept, and everything that is not decided by it goes to somebody who has not had it. This cannot be taken back."
      action={advanceRoundAction}
      input={{ campaignId: step.campaignId }}
      onDone={(advanced) =>
        toastDone(advanced ? `Round ${advanced.round}: ${counted(advanced.handedOn, "item")} handed on` : "Nothing to do")
      }
    >
      {`Go on to ${step.roundName ?? "the next round"}`}
    </ConfirmButton>
  );
}

const ATTESTATION =
  "I looked through the outcomes of this campaign, its reviewers and what was left unanswered, and I approve them as the decision of its owner.";

function SignOffButton({ step }: { step: CampaignStep }) {
  const { campaignId, totals, isOwner, canSignOff, isReady } = step;
  if (!canSignOff || !isOwner) return null;
  return (
    <ReasonButton
      title="Sign off"
      consequence={
        <>
          <p>
            {countText(totals.keep)} kept, {countText(totals.revoke)} to be revoked, {countText(totals.abstain)} abstained
            {totals.exceptionRequested > 0 && `, ${countText(totals.exceptionRequested)} with an exception requested`}.{" "}
            {silenceDid(step.silence ?? NOTHING) ? `Silence ${silenceDid(step.silence ?? NOTHING)}.` : "Nothing was left to silence."}
          </p>
          <p>This fixes the outcomes for good and starts the removals. It cannot be taken back; you confirm that it is you.</p>
        </>
      }
      action={signOffAction}
      read={(attestation) => ({ campaignId, attestation })}
      label="What you attest, kept word for word"
      field="attestation"
      initial={ATTESTATION}
      disabled={!isReady}
      onDone={() => toastDone("Signed off. Removals are being planned.")}
    >
      Sign off
    </ReasonButton>
  );
}

/** The other steps that this state allows. */
export function OtherSteps({ step }: { step: CampaignStep }) {
  const { campaignId, state, canManage, canOverride } = step;
  const isEditable = state === "DRAFT" || state === "BLOCKED";
  const mayCancel = canManage && isBeforeSignOff(state) && !step.isCancelAsked;
  const mayOverride = canOverride && state === "BLOCKED" && !step.isOverrideAsked;
  if (!canManage && !mayOverride) return null;
  const look = { variant: "default", size: "xs" } as const;
  return (
    <div className={classes.buttons}>
      {canManage && isEditable && (
        <LinkButton href={`/campaigns/${campaignId}/edit`} {...look}>
          Edit the draft
        </LinkButton>
      )}
      {mayOverride && (
        <ReasonButton
          {...look}
          title="Freeze in spite of what blocks it"
          consequence="A second person has to confirm this. The evidence will print who let it through, and why."
          action={requestBlockOverrideAction}
          read={(reason) => ({ campaignId, reason })}
          onDone={() => toastDone("Asked for: a second person has to confirm it")}
          isDestructive
        >
          Ask to freeze anyway
        </ReasonButton>
      )}
      {canManage && state === "STAGED" && (
        <ReasonButton
          {...look}
          title="Discard the population"
          consequence="The frozen population is dropped and the campaign is a draft again. That it was discarded, and why, stays in the record."
          action={discardPopulationAction}
          read={(reason) => ({ campaignId, reason })}
          onDone={() => toastDone("Discarded the population")}
          isDestructive
        >
          Discard the population
        </ReasonButton>
      )}
      {canManage && state === "ACTIVE" && (
        <ReasonButton
          {...look}
          title="Pause the campaign"
          consequence="Nobody can decide until it resumes. Due dates will move by as long as it stood still."
          action={pauseCampaignAction}
          read={(reason) => ({ campaignId, reason })}
          onDone={() => toastDone("Paused the campaign")}
        >
          Pause
        </ReasonButton>
      )}
      {canManage && state === "PAUSED" && (
        <ReasonButton
          {...look}
          title="Resume the campaign"
          consequence="Reviewers can decide again. Due dates move by as long as it stood still."
          action={resumeCampaignAction}
          read={(reason) => ({ campaignId, reason })}
          onDone={({ shiftedSeconds }) => toastDone(`Resumed: due dates moved by ${lengthWords(shiftedSeconds)}`)}
        >
          Resume
        </ReasonButton>
      )}
      {canManage && (state === "ACTIVE" || state === "PAUSED") && !step.isExtensionAsked && (
        <ExtendButton campaignId={campaignId} dueAt={step.dueAt} zone={step.zone} />
      )}
      {canManage && (state === "CLOSED" || state === "ARCHIVED") && <ChildButton campaignId={campaignId} zone={step.zone} />}
      {canManage && state === "CLOSED" && (
        <ReasonButton
          {...look}
          title="Archive the campaign"
          consequence="From then on nothing of it can be changed by anybody. What is left undecided can still be reviewed in a campaign of its own. It cannot be taken back."
          action={archiveCampaignAction}
          read={(reason) => ({ campaignId, reason })}
          onDone={() => toastDone("Archived the campaign")}
        >
          Archive
        </ReasonButton>
      )}
      {mayCancel && (
        <ReasonButton
          {...look}
          title="Cancel the campaign"
          consequence="A second person has to confirm this. Nothing that was decided takes effect; the record stays."
          action={requestCancelAction}
          read={(reason) => ({ campaignId, reason })}
          onDone={() => toastDone("Asked for: a second person has to confirm it")}
          isDestructive
        >
          Ask to cancel the campaign
        </ReasonButton>
      )}
    </div>
  );
}

function lengthWords(seconds: number): string {
  if (seconds < 3600) return counted(Math.round(seconds / 60), "minute");
  if (seconds < 172_800) return counted(Math.round(seconds / 3600), "hour");
  return counted(Math.round(seconds / 86_400), "day");
}
