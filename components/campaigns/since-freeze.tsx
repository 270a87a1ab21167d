"use client";

import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { reviewSinceFreezeAction } from "#lib/campaigns/actions.ts";
import type { SinceFreeze as Since, SinceFreezeRow } from "#lib/campaigns/campaign-types.ts";
import { type FigureColumn, FiguresTable } from "./figures-table.tsx";
import classes from "./since-freeze.module.css";
import { privilegeWords } from "./words.ts";

const COLUMNS: readonly FigureColumn<SinceFreezeRow>[] = [
  {
    id: "who",
    header: "Who",
    cell: (row) => <TextLink href={`/identities/${row.identityId}`}>{row.personName ?? row.identityName}</TextLink>,
  },
  {
    id: "what",
    header: "What",
    cell: (row) => (
      <>
        {row.meaning ?? row.entitlementName}
        {row.resourceName && ` on ${row.resourceName}`}
      </>
    ),
  },
  {
    id: "privileged",
    header: "Privilege",
    cell: (row) => (row.privileged === "yes" ? <ToneText tone="warning">privileged</ToneText> : privilegeWords(row.privileged)),
  },
  {
    id: "seen",
    header: "First seen",
    cell: (row) => (
      <>
        <TextLink href={`/sources/${row.sourceId}/runs/${row.runId}`}>
          <Moment at={row.seenAt} show="relative" />
        </TextLink>
        {row.grantedBy && `, granted by ${row.grantedBy}`}
      </>
    ),
  },
  {
    id: "review",
    header: "Review",
    cell: (row) => (row.reviewedIn ? <TextLink href={`/campaigns/${row.reviewedIn}`}>in a campaign of its own</TextLink> : "none"),
  },
];

type SinceFreezeProps = { campaignId: string; since: Since; canManage: boolean };

/** Access that came after the freeze: out of this population, said one by one, and reviewed apart where somebody starts that. */
export function SinceFreeze({ campaignId, since, canManage }: SinceFreezeProps) {
  const router = useRouter();
  const { grants, unreviewed, rows } = since;
  return (
    <div className={classes.since}>
      <p>
        {counted(grants, "grant")} in these sources came after the freeze and {grants === 1 ? "is" : "are"} not under review here.
      </p>
      {canManage && unreviewed > 0 && (
        <div>
          <ConfirmButton
            action={reviewSinceFreezeAction}
            input={{ campaignId }}
            title={`Review ${counted(unreviewed, "grant")} in a campaign of ${unreviewed === 1 ? "its" : "their"} own?`}
            consequence="They are frozen now and go to the reviewers that the chain finds, due in seven days, under this campaign's owner and instructions. Where somebody may review all of them it is launched at once."
            variant="default"
            onDone={(micro) => router.push(`/campaigns/${micro.campaignId}`)}
          >
            {unreviewed === 1 ? "Review it" : `Review these ${unreviewed}`}
          </ConfirmButton>
        </div>
      )}
      <FiguresTable caption="Granted since the freeze" columns={COLUMNS} rows={rows} getRowId={(row) => row.grantId} />
      {rows.length < grants && (
        <p className={classes.dim}>
          The newest {rows.length} of {grants}. The evidence pack lists all of them.
        </p>
      )}
    </div>
  );
}
