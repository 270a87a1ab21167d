"use client";

import { PasswordInput } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { changePasswordAction } from "#lib/auth/actions.ts";
import classes from "./auth.module.css";

export function PasswordForm() {
  const [changes, setChanges] = useState(0);
  return (
    <div className={classes.narrow} key={changes}>
      <ActionForm
        action={changePasswordAction}
        submit="Change my password"
        read={(fields) => ({ next: String(fields.get("next")) })}
        onDone={({ otherSignInsEnded }) => {
          setChanges((count) => count + 1);
          toastDone(`Changed your password and ended ${counted(otherSignInsEnded, "other sign-in")}`);
        }}
      >
        {(errors) => (
          <PasswordInput
            name="next"
            label="New password"
            description="12 characters or more. Your other sign-ins and all your API tokens end. You are asked for the old one next."
            autoComplete="new-password"
            required
            error={errors.next}
          />
        )}
      </ActionForm>
    </div>
  );
}
