"use client";

import { Button, Checkbox, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { closeCampaignAction } from "#lib/remediation/actions.ts";
import type { RemediationRow } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";

type CloseCampaignButtonProps = {
  campaignId: string;
  openCount: number;
  /** Open work of high and critical risk: named one by one, or the campaign stays open. */
  grave: Pick<RemediationRow, "id" | "label" | "riskClass" | "state">[];
};

export function CloseCampaignButton({ campaignId, openCount, grave }: CloseCampaignButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const [named, setNamed] = useState<readonly string[]>([]);
  return (
    <>
      <Button variant={openCount === 0 ? "filled" : "default"} onClick={() => setOpen(true)} aria-haspopup="dialog">
        Close the campaign
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Close the campaign" closeButtonProps={{ "aria-label": "Close" }}>
        <ActionForm
          action={closeCampaignAction}
          read={(form) => {
            const reason = String(form.get("reason") ?? "").trim();
            return { campaignId, openRemediationIds: [...named], ...(reason ? { reason } : {}) };
          }}
          submit="Close the campaign"
          isDestructive={grave.length > 0}
          onCancel={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            toastDone("Closed the campaign");
          }}
        >
          {(errors) => (
            <>
              <p>
                {openCount === 0
                  ? "Every removal was verified. Nothing in this campaign changes any more."
                  : `${counted(openCount, "removal")} ${openCount === 1 ? "is" : "are"} still open. They go on after the campaign is closed, and the evidence names them.`}
              </p>
              {grave.length > 0 && (
                <>
                  <p>These are of high or critical risk. Tick each one that you close the campaign in spite of:</p>
                  <div className={classes.open}>
                    {grave.map(({ id, label, riskClass }) => (
                      <Checkbox
                        key={id}
                        label={`${label} (${riskClass})`}
                        checked={named.includes(id)}
                        onChange={(event) => setNamed(event.currentTarget.checked ? [...named, id] : named.filter((each) => each !== id))}
                      />
                    ))}
                  </div>
                  <Textarea name="reason" label="Why it cannot wait for them" required autosize minRows={2} error={errors.reason} />
                </>
              )}
            </>
          )}
        </ActionForm>
      </Modal>
    </>
  );
}
