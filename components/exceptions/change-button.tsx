"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { toastDone } from "#components/ui/toasts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { changeExceptionAction } from "#lib/exceptions/actions.ts";
import type { ExceptionDetail } from "#lib/exceptions/types.ts";
import { ExceptionForm } from "./exception-form.tsx";

/** Other terms, as an approver asked for: they begin as the old ones. */
export function ChangeButton({ exception }: { exception: ExceptionDetail }) {
  const { id: exceptionId, controlOwnerId, controlOwner } = exception;
  const [opened, setOpened] = useState(false);
  const { run, isRunning, failure, fields } = useAction(changeExceptionAction, {
    onDone: () => {
      setOpened(false);
      toastDone("Sent to its approvers again");
    },
    onFailed: () => undefined,
  });
  return (
    <>
      <Button onClick={() => setOpened(true)} aria-haspopup="dialog">
        Change the terms
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="Change the terms"
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <ExceptionForm
          riskClass={exception.riskClass}
          capDays={exception.capDays}
          submit="Send it again"
          initial={{ ...exception, owner: { personId: controlOwnerId, name: controlOwner ?? "unknown" } }}
          isRunning={isRunning}
          failure={failure?.message ?? null}
          errors={fields}
          onCancel={() => setOpened(false)}
          onSubmit={(terms) => run({ exceptionId, terms })}
        />
      </Modal>
    </>
  );
}
