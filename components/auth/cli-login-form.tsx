"use client";

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { confirmCliLoginAction } from "#lib/auth/actions.ts";
import classes from "./auth.module.css";

type CliLoginProps = { code: string; label: string; address: string | null; userLabel: string };

/** Somebody else's code would hand them this user's rights for a day: so it says whose command line this is before it asks. */
export function ConfirmCliLogin({ code, label, address, userLabel }: CliLoginProps) {
  const [until, setUntil] = useState<string | null>(null);
  if (until)
    return (
      <p role="status">
        Confirmed. The command line acts as {userLabel} until <Moment at={until} show="instant" />. You can close this page, and end it
        under your account.
      </p>
    );
  return (
    <div className={`${classes.form} ${classes.narrow}`}>
      <p>
        The command line on <strong>{label}</strong>
        {address && <> at {address}</>} shows this code:
      </p>
      <output className={classes.code} data-large>
        {code}
      </output>
      <p>
        Confirm only if you started it yourself just now, and the codes are the same. It then acts as {userLabel}, with all your roles, for
        a day.
      </p>
      <ConfirmButton
        title="Let this command line act as you"
        consequence={`The command line on ${label} acts as ${userLabel} for 24 hours. You can end it under your account at any time.`}
        action={confirmCliLoginAction}
        input={{ code }}
        onDone={(done: { expiresAt: string }) => setUntil(done.expiresAt)}
      >
        Confirm this command line
      </ConfirmButton>
    </div>
  );
}

/** The code by hand, where the link was not at hand. */
export function CodeForm({ wasUnknown }: { wasUnknown: boolean }) {
  return (
    <form className={`${classes.form} ${classes.narrow}`} method="get">
      <TextInput
        name="code"
        label="Code that the command line shows"
        autoComplete="off"
        required
        error={wasUnknown ? "No command line waits with this code: it was mistyped, used already, or ran out." : undefined}
      />
      <Button type="submit">Look it up</Button>
    </form>
  );
}
