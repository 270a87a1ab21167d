import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { Moment } from "#components/ui/moment.tsx";
import type { ExceptionDetail, Step } from "#lib/exceptions/types.ts";
import { STEP_WORDS } from "./exception-words.ts";
import classes from "./exceptions.module.css";

/** Who has approved the terms as they are asked for now, and who is still to. */
export function ApprovalChain({ exception }: { exception: ExceptionDetail }) {
  const { chain, approvals, revision, resourceOwnerName } = exception;
  const given = new Map(approvals.filter((approval) => approval.revision === revision).map((approval) => [approval.step, approval]));
  const nameOf = (step: Step) =>
    step === "resource_owner" && resourceOwnerName ? `${resourceOwnerName}, ${STEP_WORDS[step]}` : STEP_WORDS[step];
  return (
    <ol className={classes.chain} aria-label="Approvals">
      {chain.map((step) => {
        const approval = given.get(step);
        return (
          <li key={step}>
            {approval ? (
              <IconCircleCheck size={16} stroke={1.5} role="img" aria-label="Done" />
            ) : (
              <IconCircleDashed size={16} stroke={1.5} role="img" aria-label="Not yet" className={classes.dim} />
            )}
            {approval ? (
              <span>
                Approved by {approval.personName ?? "somebody unknown"} as {STEP_WORDS[step]}, <Moment at={approval.at} show="instant" />
              </span>
            ) : (
              <span>To be approved by {nameOf(step)}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
