"use client";

import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { disableUserAction, enableUserAction, endRoleAction, grantRoleAction, revokeUserSignInsAction } from "#lib/auth/actions.ts";
import { roleText } from "#lib/auth/rules.ts";
import { ROLES, type Role } from "#lib/authz/permissions.ts";
import classes from "./auth.module.css";

type UserProps = { userId: string; name: string };

/** Roles held, each with its end, and one more to grant. What must not be held together is refused by the server, with the reason. */
export function UserRoles({ userId, name, roles, canManage }: UserProps & { roles: readonly Role[]; canManage: boolean }) {
  const free = ROLES.filter((role) => !roles.includes(role));
  const [chosen, setChosen] = useState<string>("");
  const { run, isRunning, failure, stepUp } = useAction(grantRoleAction, {
    onDone: () => {
      toastDone(`${name} is now ${roleText(chosen)}`);
      setChosen("");
    },
    onFailed: () => undefined,
  });
  return (
    <div className={classes.form}>
      {roles.length === 0 && <p className={classes.lead}>{name} holds no role, and so sees nothing but their own account.</p>}
      <ul className={classes.lines}>
        {roles.map((role) => (
          <li key={role} className={classes.line}>
            <span>{roleText(role)}</span>
            {canManage && (
              <ConfirmButton
                size="xs"
                variant="default"
                title={`End the role ${roleText(role)}`}
                consequence={`${name} can no longer act as ${roleText(role)}, from their next request on. You can grant it again.`}
                action={endRoleAction}
                input={{ userId, role }}
                onDone={() => toastDone(`${name} is no longer ${roleText(role)}`)}
                isDestructive
              >
                {`End the role ${roleText(role)}`}
              </ConfirmButton>
            )}
          </li>
        ))}
      </ul>
      {canManage && (
        <form
          className={classes.inline}
          onSubmit={(event) => {
            event.preventDefault();
            if (chosen) run({ userId, role: chosen });
          }}
        >
          <NativeSelect
            label="One more role"
            value={chosen}
            onChange={(event) => setChosen(event.currentTarget.value)}
            data={[{ value: "", label: "Choose a role" }, ...free.map((role) => ({ value: role, label: roleText(role) }))]}
          />
          <Button type="submit" loading={isRunning} disabled={!chosen}>
            Grant the role
          </Button>
        </form>
      )}
      {failure && (
        <p className={classes.failure} role="alert">
          {failure.message}
        </p>
      )}
      {stepUp}
    </div>
  );
}

/** What takes effect at the user's next request. */
export function UserState({ userId, name, isDisabled, isSelf }: UserProps & { isDisabled: boolean; isSelf: boolean }) {
  if (isDisabled)
    return (
      <ConfirmButton
        variant="default"
        title={`Enable ${name}`}
        consequence={`${name} can sign in again, with the roles above. Sign-ins and tokens that were ended stay ended.`}
        action={enableUserAction}
        input={{ userId }}
        onDone={() => toastDone(`Enabled ${name}`)}
      >
        Enable the user
      </ConfirmButton>
    );
  return (
    <div className={classes.inline}>
      <ConfirmButton
        variant="default"
        title={`End all sign-ins of ${name}`}
        consequence={`${name} has to sign in again everywhere. API tokens go on: to end those as well, disable the user.`}
        action={revokeUserSignInsAction}
        input={{ userId }}
        onDone={({ ended }: { ended: number }) => toastDone(`Ended ${counted(ended, "sign-in")} of ${name}`)}
        isDestructive
      >
        End all sign-ins
      </ConfirmButton>
      {!isSelf && (
        <ConfirmButton
          variant="default"
          title={`Disable ${name}`}
          consequence={`${name} cannot sign in any more, and every sign-in and token of theirs ends at once. History keeps their name. You can enable them again.`}
          action={disableUserAction}
          input={{ userId }}
          onDone={() => toastDone(`Disabled ${name}`)}
          isDestructive
        >
          Disable the user
        </ConfirmButton>
      )}
    </div>
  );
}
