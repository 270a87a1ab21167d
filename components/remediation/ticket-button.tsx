"use client";

import { Button, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { ticketRemediationAction } from "#lib/remediation/actions.ts";
import type { Ticket } from "#lib/remediation/types.ts";

/** Says under which ticket somebody has a task in hand. A ticket system that was called by webhook says so itself. */
export function TicketButton({ remediationId, ticket }: { remediationId: string; ticket: Ticket | null }) {
  const [opened, setOpened] = useState(false);
  const verb = ticket ? "Change the ticket" : "Add a ticket";
  const close = () => setOpened(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)} aria-haspopup="dialog">
        {verb}
      </Button>
      <Modal opened={opened} onClose={close} title={verb} closeButtonProps={{ "aria-label": "Close" }}>
        <ActionForm
          action={ticketRemediationAction}
          submit={verb}
          read={(fields) => ({
            remediationId,
            reference: String(fields.get("reference") ?? ""),
            link: String(fields.get("link") ?? "").trim() || null,
          })}
          onCancel={close}
          onDone={({ ticket: { reference } }) => {
            close();
            toastDone(`In hand under ${reference}`);
          }}
        >
          {(errors) => (
            <>
              <p>It stays due at the same time. When the ticket is closed, claim it done here: later syncs have to show it.</p>
              <TextInput
                name="reference"
                label="Ticket"
                description="Its number or name, as an auditor would look it up."
                placeholder="OPS-12"
                required
                maxLength={100}
                defaultValue={ticket?.reference ?? ""}
                error={errors.reference}
                data-autofocus
              />
              <TextInput
                name="link"
                type="url"
                label="Link"
                description="Where it can be read, if it has a page."
                placeholder="https://"
                maxLength={2000}
                defaultValue={ticket?.link ?? ""}
                error={errors.link}
              />
            </>
          )}
        </ActionForm>
      </Modal>
    </>
  );
}
