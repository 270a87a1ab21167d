"use client";

import { useRef } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { acceptInvitationAction } from "#lib/auth/actions.ts";
import { NewPasswordFields } from "./new-password-fields.tsx";
import { signInWithPassword } from "./sign-in-flow.ts";

export function InvitationForm({ code, mail }: { code: string; mail: string }) {
  const password = useRef("");
  return (
    <ActionForm
      action={acceptInvitationAction}
      submit="Make my account"
      read={(fields) => {
        password.current = String(fields.get("password"));
        return { code, displayName: String(fields.get("displayName")), password: password.current };
      }}
      onDone={async () => {
        const failure = await signInWithPassword(mail, password.current).catch(() => "Unreachable");
        window.location.assign(failure ? `/sign-in?error=${failure}` : "/");
      }}
    >
      {(errors) => <NewPasswordFields errors={errors} mail={mail} />}
    </ActionForm>
  );
}
