"use client";

import { IconUsers } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import type { Action } from "#components/ui/use-action.tsx";
import type { PendingRequest } from "#lib/campaigns/campaign-types.ts";
import classes from "./pending-requests.module.css";

/** What is asked for, and how somebody else lets it happen. */
export type RequestKind = {
  /** "Freeze in spite of what blocks it". */
  title: string;
  /** Verb and object on the button: "Confirm the freeze". */
  verb: string;
  consequence: string;
  action: Action<{ requestId: string }, unknown>;
  isDestructive?: boolean;
  done: string;
};

type PendingRequestsProps = {
  requests: readonly PendingRequest[];
  kindOf: (action: string) => RequestKind | null;
  userId: string | null;
  /** More of what was asked for, where the title does not say it all. */
  detailOf?: (request: PendingRequest) => ReactNode;
  /** Whether this person may confirm what others asked for. */
  canConfirm: (action: string) => boolean;
};

/** Things that one person asked for and that wait for another. Whoever asked cannot confirm. */
export function PendingRequests({ requests, kindOf, userId, detailOf, canConfirm }: PendingRequestsProps) {
  if (requests.length === 0) return null;
  return (
    <ul className={classes.list} aria-label="Waiting for a second person">
      {requests.map((request) => {
        const kind = kindOf(request.action);
        return (
          <li key={request.id} className={classes.request}>
            <IconUsers size={16} stroke={1.5} aria-hidden />
            <div className={classes.words}>
              <strong>{kind?.title ?? request.action}</strong>
              <p>
                {request.requestedByName ?? "Somebody"} asked <Moment at={request.requestedAt} show="relative" />: “{request.reason}”
              </p>
              {detailOf?.(request)}
              <Fate request={request} isOwn={request.requestedBy === userId}>
                {kind && canConfirm(request.action) && (
                  <ConfirmButton
                    size="xs"
                    title={kind.title}
                    consequence={kind.consequence}
                    action={kind.action}
                    input={{ requestId: request.id }}
                    isDestructive={kind.isDestructive ?? false}
                    onDone={() => toastDone(kind.done)}
                  >
                    {kind.verb}
                  </ConfirmButton>
                )}
              </Fate>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Fate({ request, isOwn, children }: { request: PendingRequest; isOwn: boolean; children: ReactNode }) {
  return (
    <>
      <p className={classes.dim}>
        {isOwn
          ? "You asked for this, so somebody else has to confirm it."
          : children
            ? "It takes you as the second person."
            : "Somebody with the role for it has to confirm."}{" "}
        It expires <Moment at={request.expiresAt} show="relative" />.
      </p>
      {!isOwn && children}
    </>
  );
}
