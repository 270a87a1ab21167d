"use client";

import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { pauseSourceAction, resumeSourceAction, retireSourceAction } from "#lib/ingest/actions.ts";
import classes from "./ingest.module.css";

type StateButtonsProps = { sourceId: string; name: string; state: "active" | "paused" | "retired" };

/** Whether the source is read at all. */
export function StateButtons({ sourceId, name, state }: StateButtonsProps) {
  if (state === "retired") return <p className={classes.dimmed}>It is retired for good. What it told stays as it was last seen.</p>;
  return (
    <div className={classes.bar}>
      {state === "active" ? (
        <ConfirmButton
          variant="default"
          title={`Pause ${name}`}
          consequence="No further run is started, by hand or by schedule, until it is resumed. What it told stays, and grows old: campaigns over it are blocked once it is stale."
          action={pauseSourceAction}
          input={{ sourceId }}
          onDone={() => toastDone(`${name} is paused.`)}
        >
          Pause the source
        </ConfirmButton>
      ) : (
        <ConfirmButton
          variant="default"
          title={`Resume ${name}`}
          consequence="It can be synced again, and its schedule counts from now."
          action={resumeSourceAction}
          input={{ sourceId }}
          onDone={() => toastDone(`${name} is resumed.`)}
        >
          Resume the source
        </ConfirmButton>
      )}
      <ReasonButton
        variant="default"
        isDestructive
        title={`Retire ${name}`}
        consequence={
          <p>
            It is never read again; this cannot be taken back. No grant counts as removed by it: what it told stays as it was last seen, and
            every campaign and pack prints the source as a gap.
          </p>
        }
        label="Why it is retired"
        action={retireSourceAction}
        read={(reason: string) => ({ sourceId, reason })}
        onDone={() => toastDone(`${name} is retired.`)}
      >
        Retire the source
      </ReasonButton>
    </div>
  );
}
