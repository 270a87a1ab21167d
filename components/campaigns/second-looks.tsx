"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { drawSecondLookAction } from "#lib/campaigns/actions.ts";
import type { SecondLookRow } from "#lib/campaigns/campaign-types.ts";
import classes from "./campaign-page.module.css";
import { FiguresTable } from "./figures-table.tsx";
import type { PersonChoice } from "./person-search.tsx";
import { SecondReviewerSearch } from "./second-reviewer-search.tsx";

/** Has a sample of what somebody kept looked at by another person. What is drawn, the population's digest decides. */
export function DrawSecondLook({ campaignId, reviewerId, name }: { campaignId: string; reviewerId: string; name: string }) {
  const [isOpen, setOpen] = useState(false);
  const [person, setPerson] = useState<PersonChoice | null>(null);
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)} aria-haspopup="dialog" aria-label={`Second look: ${name}`}>
        Second look
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={`A second look at what ${name} kept`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <ActionForm
          action={drawSecondLookAction}
          read={() => ({ campaignId, reviewerId, toPersonId: person?.personId ?? "" })}
          submit="Draw a sample"
          onCancel={() => setOpen(false)}
          onDone={({ looks, of }) => {
            setOpen(false);
            toastDone(`${person?.name ?? "Somebody"} looks at ${looks} of ${counted(of, "privileged item")} again`);
          }}
        >
          {(errors) => (
            <>
              <p>
                A tenth of the privileged access that was kept and handed in, at least 5 and at most 25 items, the grave ones likelier.
                Nobody chooses which. The opinions change nothing by themselves: you see them before you sign off.
              </p>
              <SecondReviewerSearch
                campaignId={campaignId}
                reviewerId={reviewerId}
                value={person}
                onChange={setPerson}
                error={errors.toPersonId}
              />
            </>
          )}
        </ActionForm>
      </Modal>
    </>
  );
}

/** What second reviewers think, those who disagree first. */
export function SecondLooks({ campaignId, rows }: { campaignId: string; rows: readonly SecondLookRow[] }) {
  return (
    <FiguresTable
      caption="Second looks"
      rows={rows}
      getRowId={(row) => row.id}
      columns={[
        {
          id: "item",
          header: "Item",
          cell: (row) => <TextLink href={`/campaigns/${campaignId}/items/${row.itemId}`}>{row.label}</TextLink>,
        },
        { id: "first", header: "Kept by", cell: (row) => row.firstReviewer ?? "unknown" },
        { id: "second", header: "Looked at by", cell: (row) => row.reviewer ?? "unknown" },
        {
          id: "opinion",
          header: "Opinion",
          cell: (row) =>
            row.agrees === null ? (
              <span className={classes.dim}>waiting</span>
            ) : row.agrees ? (
              "agrees"
            ) : (
              <ToneText tone="warning">{`would revoke${row.rationale ? `: ${row.rationale}` : ""}`}</ToneText>
            ),
        },
      ]}
    />
  );
}
