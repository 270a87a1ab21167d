"use client";

import { Button, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { createFirstAdministratorAction } from "#lib/auth/actions.ts";
import classes from "./auth.module.css";
import { NewPasswordFields } from "./new-password-fields.tsx";
import { invitationUrl, ShownOnce } from "./shown-once.tsx";
import { signInWithPassword } from "./sign-in-flow.ts";

type Made = { code: string; secondMail: string };

export function WelcomeForm({ code }: { code: string }) {
  const typed = useRef({ mail: "", password: "", secondMail: "" });
  const [made, setMade] = useState<Made | null>(null);
  if (made) return <SecondAdministrator {...made} mail={typed.current.mail} password={typed.current.password} />;
  return (
    <ActionForm
      action={createFirstAdministratorAction}
      submit="Make the first administrator"
      read={(fields) => {
        const text = (name: string) => String(fields.get(name) ?? "");
        typed.current = { mail: text("mail"), password: text("password"), secondMail: text("secondMail") };
        return { code: text("code"), displayName: text("displayName"), ...typed.current };
      }}
      onDone={({ second }) => setMade({ code: second.code, secondMail: typed.current.secondMail })}
    >
      {(errors) => (
        <>
          <TextInput name="code" label="Code on the console" defaultValue={code} autoComplete="off" required error={errors.code} />
          <TextInput name="mail" type="email" label="Your mail address" autoComplete="username" required error={errors.mail} />
          <NewPasswordFields errors={errors} />
          <TextInput
            name="secondMail"
            type="email"
            label="Mail address of the second administrator"
            description="Somebody else: an override always needs two people."
            autoComplete="off"
            required
            error={errors.secondMail}
          />
        </>
      )}
    </ActionForm>
  );
}

function SecondAdministrator({ code, secondMail, mail, password }: Made & { mail: string; password: string }) {
  const enter = async () => {
    const failure = await signInWithPassword(mail, password).catch(() => "Unreachable");
    window.location.assign(failure ? `/sign-in?error=${failure}` : "/");
  };
  return (
    <div className={classes.form}>
      <p role="status">
        You are the first administrator. Give this link to {secondMail}: it is shown only now, and works once, for 7 days.
      </p>
      <ShownOnce value={invitationUrl(code)} what="the invitation" />
      <Button onClick={() => void enter()}>Sign in</Button>
    </div>
  );
}
