"use client";

import { Button } from "@mantine/core";
import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { undoMatchAction } from "#lib/inventory/actions.ts";
import type { MatchingView } from "#lib/inventory/matching-view.ts";
import type { MatchingRow } from "#lib/inventory/proposals.sql.ts";
import classes from "./ingest.module.css";

const METHODS: Readonly<Record<string, string>> = {
  exact_id: "by the id that the source names",
  mail: "by the mail address",
  name: "by name, confirmed",
  by_hand: "by hand",
};

export function methodText({ method, decidedBy }: MatchingRow): string {
  const how = method === null ? "unknown" : (METHODS[method] ?? method.replaceAll("_", " "));
  return decidedBy ? `${how}, ${decidedBy}` : how;
}

export const identityCell = ({ identityId, identity, login, class: kind }: MatchingRow) => (
  <>
    <TextLink href={`/identities/${identityId}`}>{identity}</TextLink>{" "}
    <span className={classes.dimmed}>
      {[login === identity ? null : login, kind === "human" ? null : kind].filter((word) => word !== null).join(", ")}
    </span>
  </>
);

export const personCell = ({ personId, person, personDetail }: MatchingRow) =>
  person === null ? (
    <span className={classes.dimmed}>unknown</span>
  ) : (
    <>
      <TextLink href={`/people/${personId}`}>{person}</TextLink> {personDetail && <span className={classes.dimmed}>{personDetail}</span>}
    </>
  );

type MatchButtonsProps = {
  row: MatchingRow;
  view: MatchingView;
  isBusy: boolean;
  confirm: (row: MatchingRow) => void;
  refuse: (row: MatchingRow) => void;
  choose: (row: MatchingRow) => void;
};

export function MatchButtons({ row, view, isBusy, confirm, refuse, choose }: MatchButtonsProps) {
  const look = { size: "compact-sm", variant: "default" } as const;
  return (
    <span className={classes.acts}>
      {view === "proposed" && (
        <>
          <Button {...look} disabled={isBusy} onClick={() => confirm(row)} aria-label={`Confirm ${row.person} for ${row.identity}`}>
            Confirm
          </Button>
          <Button {...look} disabled={isBusy} onClick={() => refuse(row)} aria-label={`Not ${row.person} for ${row.identity}`}>
            Not them
          </Button>
        </>
      )}
      <Button {...look} disabled={isBusy} onClick={() => choose(row)} aria-label={`Choose the person of ${row.identity}`}>
        {view === "nobody" ? "Choose a person" : "Another…"}
      </Button>
      {view === "matched" && (
        <ReasonButton
          {...look}
          title={`Take back: ${row.identity} is ${row.person}'s`}
          consequence={
            <p>The identity is nobody's then, and no sync matches it to this person again. You can still choose them by hand.</p>
          }
          label="Why it is not theirs"
          action={undoMatchAction}
          read={(reason: string) => ({ identityId: row.identityId, reason })}
          onDone={() => toastDone("The match was taken back.")}
        >
          Take back
        </ReasonButton>
      )}
    </span>
  );
}
