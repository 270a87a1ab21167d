"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { setFallbackAction } from "#lib/campaigns/actions.ts";
import { type PersonChoice, PersonSearch } from "./person-search.tsx";

/** For items that nobody in the chain may review: somebody who takes them all. */
export function NameFallback({ campaignId }: { campaignId: string }) {
  const [isOpen, setOpen] = useState(false);
  const [person, setPerson] = useState<PersonChoice | null>(null);
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)} aria-haspopup="dialog">
        Name a fallback
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Name a fallback reviewer" closeButtonProps={{ "aria-label": "Close" }}>
        <ActionForm
          action={setFallbackAction}
          read={() => ({ campaignId, personId: person?.personId ?? "" })}
          submit="Give them these items"
          onCancel={() => setOpen(false)}
          onDone={({ assigned }) => {
            setOpen(false);
            toastDone(`${person?.name ?? "The fallback"} takes ${counted(assigned, "item")}`);
          }}
        >
          {(errors) => (
            <>
              <p>They get every item that has nobody, except their own access.</p>
              <PersonSearch label="Fallback reviewer" value={person} onChange={setPerson} error={errors.personId} required />
            </>
          )}
        </ActionForm>
      </Modal>
    </>
  );
}
