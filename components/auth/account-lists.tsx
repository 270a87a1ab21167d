"use client";

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { createApiTokenAction, revokeApiTokenAction, revokeSignInAction } from "#lib/auth/actions.ts";
import type { ApiTokenRow, SignInRow } from "#lib/auth/types.ts";
import classes from "./auth.module.css";
import { ShownOnce } from "./shown-once.tsx";
import { browserText, methodText } from "./sign-in-text.ts";

export function SignIns({ signIns }: { signIns: readonly SignInRow[] }) {
  return (
    <ul className={classes.lines}>
      {signIns.map((signIn) => (
        <li key={signIn.id} className={classes.line}>
          <span className={classes.about}>
            <span>
              {browserText(signIn.userAgent)} from {signIn.address ?? "an unknown address"}{" "}
              {signIn.isCurrent && <Badge tone="accent">this one</Badge>}
            </span>
            <span>
              By {methodText(signIn.method, signIn.amr)}, <Moment at={signIn.createdAt} show="instant" />. Last used{" "}
              <Moment at={signIn.lastSeenAt} show="relative" />, ends at the latest <Moment at={signIn.expiresAt} show="instant" />.
            </span>
          </span>
          {!signIn.isCurrent && (
            <ConfirmButton
              size="xs"
              variant="default"
              title="End this sign-in"
              consequence="Its next request is refused. Whoever uses it has to sign in again. This cannot be undone."
              action={revokeSignInAction}
              input={{ signInId: signIn.id }}
              onDone={() => toastDone("Ended the sign-in")}
              isDestructive
            >
              End this sign-in
            </ConfirmButton>
          )}
        </li>
      ))}
    </ul>
  );
}

export function ApiTokens({ tokens }: { tokens: readonly ApiTokenRow[] }) {
  if (tokens.length === 0)
    return (
      <EmptyState
        title="No API token"
        why={
          <span>
            A token lets a script or the command line act as you. <code>countersign login</code> makes one by itself.
          </span>
        }
      />
    );
  return (
    <ul className={classes.lines}>
      {tokens.map((token) => (
        <li key={token.id} className={classes.line}>
          <span className={classes.about}>
            <span>{token.label}</span>
            <span>
              Made <Moment at={token.createdAt} show="instant" />, last used{" "}
              <Moment at={token.lastUsedAt} kind={token.lastUsedAt ? "value" : "never"} show="relative" />, ends{" "}
              <Moment at={token.expiresAt} show="due" />.
            </span>
          </span>
          <ConfirmButton
            size="xs"
            variant="default"
            title={`Revoke the token ${token.label}`}
            consequence="Its next use is refused. This cannot be undone."
            action={revokeApiTokenAction}
            input={{ tokenId: token.id }}
            onDone={() => toastDone(`Revoked the token ${token.label}`)}
            isDestructive
          >
            Revoke the token
          </ConfirmButton>
        </li>
      ))}
    </ul>
  );
}

const LIVES = [
  { value: "24", label: "1 day" },
  { value: "168", label: "7 days" },
  { value: "720", label: "30 days" },
  { value: "2160", label: "90 days" },
];

export function NewApiToken({ onMade }: { onMade: () => void }) {
  const [token, setToken] = useState<string | null>(null);
  if (token)
    return (
      <div className={`${classes.form} ${classes.narrow}`}>
        <p role="status">This is the token. It is shown only now: keep it where secrets are kept.</p>
        <ShownOnce value={token} what="the token" />
        <Button
          variant="default"
          onClick={() => {
            setToken(null);
            onMade();
          }}
        >
          I have kept it
        </Button>
      </div>
    );
  return (
    <div className={classes.narrow}>
      <ActionForm
        action={createApiTokenAction}
        submit="Make a token"
        read={(fields) => ({ label: String(fields.get("label")), hours: Number(fields.get("hours")) })}
        onDone={(made) => setToken(made.token)}
      >
        {(errors) => (
          <>
            <TextInput name="label" label="What the token is for" required error={errors.label} />
            <NativeSelect name="hours" label="It ends after" data={LIVES} error={errors.hours} />
          </>
        )}
      </ActionForm>
    </div>
  );
}
