"use client";

import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { inviteUserAction } from "#lib/auth/actions.ts";
import { roleText } from "#lib/auth/rules.ts";
import { ROLES } from "#lib/authz/permissions.ts";
import classes from "./auth.module.css";
import { invitationUrl, ShownOnce } from "./shown-once.tsx";

export function InviteUser() {
  const [opened, setOpened] = useState(false);
  const [code, setCode] = useState<string | null>(null);
  const router = useRouter();
  const close = () => {
    setOpened(false);
    if (code) router.refresh();
    setCode(null);
  };
  return (
    <>
      <Button onClick={() => setOpened(true)} aria-haspopup="dialog">
        Invite a user
      </Button>
      <Modal opened={opened} onClose={close} title="Invite a user" closeButtonProps={{ "aria-label": "Close" }}>
        {code ? (
          <div className={classes.form}>
            <p role="status">Give this link to the person you invited. It is shown only now, and works once, for 7 days.</p>
            <ShownOnce value={invitationUrl(code)} what="the invitation" />
            <Button onClick={close}>Done</Button>
          </div>
        ) : (
          <ActionForm
            action={inviteUserAction}
            submit="Invite"
            read={(fields) => ({ mail: String(fields.get("mail")), roles: fields.getAll("roles").map(String) })}
            onDone={(invited) => setCode(invited.code)}
            onCancel={close}
          >
            {(errors) => (
              <>
                <TextInput name="mail" type="email" label="Mail address" autoComplete="off" required data-autofocus error={errors.mail} />
                <Checkbox.Group label="Roles" description="Without one, the user sees nothing but their own account." error={errors.roles}>
                  <div className={classes.lines}>
                    {ROLES.map((role) => (
                      <Checkbox key={role} name="roles" value={role} label={roleText(role)} />
                    ))}
                  </div>
                </Checkbox.Group>
              </>
            )}
          </ActionForm>
        )}
      </Modal>
    </>
  );
}
