"use client";

import { Button, Modal, MultiSelect, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ShownOnce } from "#components/auth/shown-once.tsx";
import { ActionForm } from "#components/ui/action-form.tsx";
import { addEndpointAction } from "#lib/notifications/actions.ts";
import classes from "./inbox.module.css";
import { KIND_WORDS } from "./kind-words.ts";

const KINDS = Object.entries(KIND_WORDS).map(([value, label]) => ({ value, label }));

export function AddWebhook() {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [kinds, setKinds] = useState<string[]>([]);
  const close = () => {
    setOpened(false);
    setSecret(null);
    setKinds([]);
    if (secret) router.refresh();
  };
  return (
    <>
      <Button onClick={() => setOpened(true)} aria-haspopup="dialog">
        Add a webhook
      </Button>
      <Modal opened={opened} onClose={close} title="Add a webhook" closeButtonProps={{ "aria-label": "Close" }}>
        {secret ? (
          <SecretShown secret={secret} onKept={close} />
        ) : (
          <ActionForm
            action={addEndpointAction}
            submit="Add the webhook"
            read={(fields) => ({ name: String(fields.get("name")), url: String(fields.get("url")), kinds: kinds as never })}
            onDone={(made) => setSecret(made.secret)}
            onCancel={close}
          >
            {(errors) => (
              <>
                <TextInput name="name" label="Name" description="Who or what is called." required error={errors.name} />
                <TextInput
                  name="url"
                  type="url"
                  label="Address"
                  description="Called by POST, signed as Standard Webhooks describe."
                  placeholder="https://"
                  required
                  error={errors.url}
                />
                <MultiSelect
                  label="Called for"
                  description="Nothing chosen means everything."
                  data={KINDS}
                  value={kinds}
                  onChange={setKinds}
                  error={errors.kinds}
                  clearable
                />
              </>
            )}
          </ActionForm>
        )}
      </Modal>
    </>
  );
}

export function SecretShown({ secret, onKept }: { secret: string; onKept: () => void }) {
  return (
    <div className={classes.form}>
      <p role="status">This secret signs the calls. It is shown only now: give it to the receiver, which checks them by it.</p>
      <ShownOnce value={secret} what="the secret" />
      <Button variant="default" onClick={onKept}>
        I have kept it
      </Button>
    </div>
  );
}
