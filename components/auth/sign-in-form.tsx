"use client";

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useEffect, useState, useTransition } from "react";
import classes from "./auth.module.css";
import { providerAddress, signInWithPassword } from "./sign-in-flow.ts";
import { type Notice, noticeOf } from "./sign-in-words.ts";

type DemoSignIn = { mail: string; password: string; name: string; role: string };

type SignInFormProps = {
  next: string;
  providerName: string | null;
  demo: readonly DemoSignIn[];
  /** What the way here says: signed out, refused by the provider. */
  notice: Notice | null;
};

export function SignInForm({ next, providerName, demo, notice: first }: SignInFormProps) {
  const [notice, setNotice] = useState(first);
  const [isBusy, start] = useTransition();
  const [isInsecure, setInsecure] = useState(false);
  useEffect(() => setInsecure(!window.isSecureContext), []);

  const enter = (mail: string, password: string) =>
    start(async () => {
      const code = await signInWithPassword(mail, password).catch(() => "Unreachable");
      if (code) setNotice(noticeOf(code));
      else window.location.assign(next);
    });
  const goToProvider = () =>
    start(async () => {
      const address = await providerAddress(next).catch(() => "/sign-in?error=Unreachable");
      window.location.assign(address);
    });

  return (
    <>
      {notice && (
        <p className={notice.tone === "danger" ? classes.failure : classes.lead} role={notice.tone === "danger" ? "alert" : "status"}>
          {notice.text}
        </p>
      )}
      {isInsecure && (
        <p className={classes.failure} role="alert">
          This page came over plain http, so the browser will not keep a sign-in. Open Countersign by https, or on this machine as
          localhost.
        </p>
      )}
      <form
        className={classes.form}
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          enter(String(fields.get("mail")), String(fields.get("password")));
        }}
      >
        <TextInput name="mail" type="email" label="Mail address" autoComplete="username" required autoFocus />
        <PasswordInput name="password" label="Password" autoComplete="current-password" required />
        <Button type="submit" fullWidth loading={isBusy}>
          Sign in
        </Button>
      </form>
      {providerName && (
        <div className={classes.or}>
          <Button variant="default" fullWidth onClick={goToProvider} disabled={isBusy}>
            Sign in with {providerName}
          </Button>
        </div>
      )}
      {demo.length > 0 && (
        <section className={classes.or} aria-label="Demo sign-ins">
          <p className={classes.lead}>
            This is the demo: an invented company, and six months told up to its first start. Sign in as somebody:
          </p>
          <div className={classes.demo}>
            {demo.map((person) => (
              <Button
                key={person.mail}
                variant="subtle"
                justify="flex-start"
                classNames={{ root: classes.person, label: classes.personLabel }}
                disabled={isBusy}
                onClick={() => enter(person.mail, person.password)}
              >
                {person.name}, {person.role}
              </Button>
            ))}
          </div>
        </section>
      )}
    </>
  );
}
