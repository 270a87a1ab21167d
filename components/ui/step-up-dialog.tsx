"use client";

import { Button, Modal, PasswordInput } from "@mantine/core";
import { useState, useTransition } from "react";
import { UNREACHABLE } from "./action-result.ts";
import classes from "./dialogs.module.css";
import { useStepUpVerifier } from "./step-up.tsx";

type StepUpDialogProps = {
  action: string;
  /** What exactly is confirmed: the id of the campaign that is signed off. */
  binding: string;
  method: "password" | "oidc";
  onPassed: () => void;
  onClose: () => void;
};

/** Asks again who this is, before something that cannot be taken back. Single use, two minutes, this action only. */
export function StepUpDialog({ action, binding, method, onPassed, onClose }: StepUpDialogProps) {
  const verifier = useStepUpVerifier();
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [isChecking, check] = useTransition();

  const submit = () =>
    check(async () => {
      const result = await verifier.confirmPassword({ action, binding, password }).catch(() => UNREACHABLE);
      if (result.ok) onPassed();
      else setError(result.fields?.password ?? result.message);
    });

  return (
    <Modal opened onClose={onClose} title="Confirm that it is you" closeButtonProps={{ "aria-label": "Close without confirming" }}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation(); // the dialog may stand inside the form that asked, and must not send that one
          if (method === "password") submit();
          else {
            const returnTo = window.location.pathname + window.location.search;
            window.location.assign(`${verifier.providerPath}?${new URLSearchParams({ action, binding, returnTo })}`);
          }
        }}
      >
        <p>This counts once, within two minutes, and only for this action. Nothing has been changed so far.</p>
        {method === "password" ? (
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            data-autofocus
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={error}
          />
        ) : (
          <p>
            You signed in through single sign-on: you are sent there once more and come back to this page, where you start the action again.
          </p>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isChecking}>
            {method === "password" ? "Confirm" : "Sign in again"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
