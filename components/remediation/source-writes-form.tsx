"use client";

import { Button, Modal, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { PendingRequests, type RequestKind } from "#components/campaigns/pending-requests.tsx";
import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { ActionForm } from "#components/ui/action-form.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import type { PendingRequest } from "#lib/campaigns/campaign-types.ts";
import { confirmWritesAction, disableWritesAction, requestWritesAction } from "#lib/remediation/actions.ts";
import classes from "./remediation.module.css";

const KIND: RequestKind = {
  title: "Let the connector take access back",
  verb: "Confirm",
  consequence:
    "From now on removals that a person approved and another one starts are done in the source by the writing account. It can be switched off by one person at any time.",
  action: confirmWritesAction,
  done: "The connector may take access back",
};

type WriteRequest = PendingRequest & { config: Record<string, unknown> };
type WriteRequestsProps = { requests: WriteRequest[]; userId: string | null; canChange: boolean };

export function WriteRequests({ requests, userId, canChange }: WriteRequestsProps) {
  const configs = new Map(requests.map(({ id, config }) => [id, config]));
  return (
    <PendingRequests
      requests={requests}
      userId={userId}
      kindOf={() => KIND}
      detailOf={({ id }) => <p>{settingsText(configs.get(id) ?? {})}</p>}
      canConfirm={() => canChange}
    />
  );
}

/** "writerUser: cs_writer", so that the second person sees which account it is. */
function settingsText(config: Record<string, unknown>): string {
  const known = Object.entries(config).filter(([, value]) => typeof value === "string" || typeof value === "number");
  return known.length === 0
    ? "With the settings of the source."
    : known.map(([name, value]) => `${SETTING_WORDS[name] ?? name}: ${value}`).join(", ");
}

const SETTING_WORDS: Readonly<Record<string, string>> = { writerUser: "account", user: "account", host: "host", port: "port" };

/** Asks for the account that writes: never the one that reads. Its password is encrypted at once and not shown again. */
export function RequestWritesButton({ sourceId }: { sourceId: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)} aria-haspopup="dialog">
        Ask to switch writing on
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Ask to switch writing on" closeButtonProps={{ "aria-label": "Close" }}>
        <ActionForm
          action={requestWritesAction}
          read={(form) => ({
            sourceId,
            ...configOf(form),
            secret: String(form.get("secret") ?? ""),
            reason: String(form.get("reason") ?? ""),
          })}
          submit="Ask a second person"
          onCancel={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            toastDone("Asked for: a second person has to confirm it");
          }}
        >
          {(errors) => (
            <>
              <p>Name the account that takes access back. The one that reads must not be able to. You confirm that it is you.</p>
              <TextInput
                name="user"
                label="Account that writes"
                required
                autoComplete="off"
                error={errors["config.user"] ?? errors.config}
              />
              <div className={classes.fields}>
                <TextInput name="host" label="Host" description="Empty: as for reading" autoComplete="off" error={errors["config.host"]} />
                <TextInput
                  name="port"
                  label="Port"
                  description="Empty: as for reading"
                  inputMode="numeric"
                  pattern="[0-9]*"
                  autoComplete="off"
                  error={errors["config.port"]}
                />
              </div>
              <PasswordInput name="secret" label="Its password" required autoComplete="new-password" error={errors.secret} />
              <Textarea name="reason" label="Why" required autosize minRows={2} error={errors.reason} />
            </>
          )}
        </ActionForm>
      </Modal>
    </>
  );
}

/** Empty fields are left out: the connector's own settings hold then. */
function configOf(form: FormData): { config: Record<string, string | number> } {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  return {
    config: {
      user: text("user"),
      ...(text("host") ? { host: text("host") } : {}),
      ...(text("port") ? { port: Number(text("port")) } : {}),
    },
  };
}

export function DisableWritesButton({ sourceId, isOn }: { sourceId: string; isOn: boolean }) {
  const verb = isOn ? "Switch writing off" : "Withdraw the request";
  return (
    <ReasonButton
      variant="default"
      size="xs"
      title={verb}
      consequence={
        isOn
          ? "The connector only reads from now on. Removals that are not done yet have to be done by hand. The account's password is forgotten."
          : "Nobody can confirm it any more, and the password that was given is forgotten."
      }
      action={disableWritesAction}
      read={(reason) => ({ sourceId, reason })}
      onDone={() => toastDone(isOn ? "Switched writing off" : "Withdrew the request")}
      isDestructive={isOn}
    >
      {verb}
    </ReasonButton>
  );
}
