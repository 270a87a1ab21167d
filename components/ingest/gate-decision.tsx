"use client";

import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { confirmGateOverrideAction, rejectRunAction, requestGateOverrideAction } from "#lib/ingest/actions.ts";
import type { SourcePowers } from "#lib/ingest/loaders.ts";
import type { OverrideView } from "#lib/ingest/queries.ts";
import classes from "./ingest.module.css";

type GateDecisionProps = {
  runId: string;
  /** Grants that would end if the run were let through; a partial run only adds. */
  endsGrants: number;
  onlyAdditions: boolean;
  pending: OverrideView | null;
  powers: SourcePowers;
};

/** What can be done about a held run: sync again, reject it, or let it through, which takes two people. */
export function GateDecision({ runId, endsGrants, onlyAdditions, pending, powers }: GateDecisionProps) {
  const isMine = pending !== null && pending.requestedByUserId === powers.userId;
  return (
    <div className={classes.stack}>
      <p>{consequenceText(endsGrants, onlyAdditions)}</p>
      {pending && (
        <div className={classes.request}>
          <p>
            <strong>{pending.requestedBy}</strong> asks that it be let through: <q>{pending.reason}</q> This can be confirmed until{" "}
            <Moment at={pending.expiresAt} show="due" />.
          </p>
          {isMine && <ToneText tone="unknown">You asked: someone else has to confirm it.</ToneText>}
        </div>
      )}
      <div className={classes.bar}>
        {pending && !isMine && powers.canOverride && (
          <ConfirmButton
            title="Let the held run through"
            consequence={
              <div className={classes.stack}>
                <p>{consequenceText(pending.endsGrants, pending.onlyAdditions)}</p>
                <p>
                  Asked for by {pending.requestedBy}: <q>{pending.reason}</q>
                </p>
                <p>Your name and theirs stand beside the run and in the evidence. It cannot be undone; a later sync can differ again.</p>
              </div>
            }
            action={confirmGateOverrideAction}
            input={{ requestId: pending.requestId }}
            onDone={() => toastDone("The run was let through.")}
            isDestructive={pending.endsGrants > 0}
          >
            {pending.endsGrants > 0 && !pending.onlyAdditions
              ? `Confirm and end ${countText(pending.endsGrants)} ${pending.endsGrants === 1 ? "grant" : "grants"}`
              : "Confirm the override"}
          </ConfirmButton>
        )}
        {powers.canOverride && (!pending || isMine) && (
          <ReasonButton
            variant="default"
            title="Ask that it be let through"
            consequence={
              <p>
                {consequenceText(endsGrants, onlyAdditions)} Nothing happens until someone else, with the right to override, confirms it
                within 24 hours.
              </p>
            }
            label="Why the difference is right"
            action={requestGateOverrideAction}
            read={(reason: string) => ({ runId, reason })}
            onDone={() => toastDone("Asked. Someone else has to confirm it within 24 hours.")}
          >
            {pending ? "Ask again with another reason" : "Request an override"}
          </ReasonButton>
        )}
        {powers.canSync && (
          <ReasonButton
            variant="default"
            title="Reject the run"
            consequence={
              <p>Its rows are thrown away and the inventory stays as it is. Its numbers and refused records stay on this page.</p>
            }
            label="Why it must not become the inventory"
            action={rejectRunAction}
            read={(reason: string) => ({ runId, reason })}
            onDone={() => toastDone("The run was rejected.")}
            isDestructive
          >
            Reject the run
          </ReasonButton>
        )}
      </div>
    </div>
  );
}

function consequenceText(endsGrants: number, onlyAdditions: boolean): string {
  if (onlyAdditions) return "It was not read whole: letting it through only adds what it saw, and ends nothing.";
  if (endsGrants === 0) return "Letting it through ends no grant.";
  return `Letting it through ends ${countText(endsGrants)} ${endsGrants === 1 ? "grant" : "grants"}: from then on they count as gone from the source.`;
}
