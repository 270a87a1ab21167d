"use client";

import { Button, Modal } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toastDone } from "#components/ui/toasts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { requestItemExceptionAction } from "#lib/campaigns/actions.ts";
import type { ExceptionImpact } from "#lib/campaigns/review-types.ts";
import { ExceptionForm } from "./exception-form.tsx";
import classes from "./exceptions.module.css";
import { ImpactFacts } from "./impact-facts.tsx";

type RequestExceptionButtonProps = { campaignId: string; itemId: string; impact: ExceptionImpact };

/** From an item's page: a request that goes to its approvers at once and leaves the item's answer as it is. */
export function RequestExceptionButton({ campaignId, itemId, impact }: RequestExceptionButtonProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const { run, isRunning, failure, fields } = useAction(requestItemExceptionAction, {
    onDone: ({ exceptionId }: { exceptionId: string }) => {
      setOpened(false);
      toastDone("Asked for an exception");
      router.push(`/exceptions/${exceptionId}`);
    },
    onFailed: () => undefined,
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)} aria-haspopup="dialog">
        Request an exception
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="Request an exception"
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <div className={classes.form}>
          <ImpactFacts impact={impact} />
          <ExceptionForm
            riskClass={impact.riskClass}
            capDays={impact.capDays}
            submit="Send the request"
            isRunning={isRunning}
            failure={failure?.message ?? null}
            errors={prefixed(fields)}
            onCancel={() => setOpened(false)}
            onSubmit={(exception) => run({ campaignId, itemId, exception })}
          />
        </div>
      </Modal>
    </>
  );
}

/** The schema names them under the exception, the rules by themselves. */
const prefixed = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([field, text]) => [field.replace(/^(exception|terms)\./, ""), text]));
