import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Moment } from "#components/ui/moment.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { RemediationDetail } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";
import { absencesText, isWaitingForProof } from "./remediation-words.ts";

/** The two syncs that prove a removal, as far as they have come. */
export function Verification({ remediation }: { remediation: RemediationDetail }) {
  const { state, sourceId, absences, firstAbsentRun, secondAbsentRun, verifiedAt, watchUntil, regrown } = remediation;
  if (state === "RESTORED") return <p>It was put back, so nothing is to be shown as gone.</p>;
  if (!isWaitingForProof(state) && state !== "VERIFIED" && absences === 0)
    return <p>Nothing was done in the source yet, so nothing is to be shown.</p>;
  const runs = [firstAbsentRun, secondAbsentRun];
  return (
    <div className={classes.proof}>
      {state === "VERIFIED" ? (
        <ToneText tone="verified">
          Verified <Moment at={verifiedAt} />
        </ToneText>
      ) : (
        <p>{absencesText(absences)}. Only complete, applied syncs that began after the removal count.</p>
      )}
      <ul className={classes.checks}>
        {runs.map((run, index) => (
          <Step key={index === 0 ? "first" : "second"} isDone={run !== null}>
            {run ? (
              <>
                <TextLink href={`/sources/${sourceId}/runs/${run.id}`}>The sync</TextLink> of <Moment at={run.startedAt} show="instant" />{" "}
                did not find it
              </>
            ) : (
              `Waiting for the ${index === 0 ? "first" : "second"} sync`
            )}
          </Step>
        ))}
      </ul>
      {regrown ? (
        <ToneText tone="danger">
          It grew back: <TextLink href={`/campaigns/${regrown.campaignId}/items/${regrown.itemId}`}>the new item</TextLink>
        </ToneText>
      ) : (
        watchUntil && (
          <p className={classes.dim}>
            Watched until <Moment at={watchUntil} show="date" />: if it grows back, it becomes a new item at once.
          </p>
        )
      )}
    </div>
  );
}

function Step({ isDone, children }: { isDone: boolean; children: ReactNode }) {
  return (
    <li className={classes.check}>
      {isDone ? (
        <IconCircleCheck size={16} stroke={1.5} role="img" aria-label="Done" />
      ) : (
        <IconCircleDashed size={16} stroke={1.5} role="img" aria-label="Not yet" className={classes.fine} />
      )}
      <span>{children}</span>
    </li>
  );
}
