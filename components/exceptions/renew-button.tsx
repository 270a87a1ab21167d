"use client";

import { TextInput } from "@mantine/core";
import { useState } from "react";
import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { instantOf } from "#components/campaigns/zoned.ts";
import { usePreferences } from "#components/ui/preferences.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { requestRenewalAction } from "#lib/exceptions/actions.ts";
import type { ExceptionDetail } from "#lib/exceptions/types.ts";

/** More time, before the end: the whole chain approves once more. */
export function RenewButton({ exception }: { exception: ExceptionDetail }) {
  const { id: exceptionId, capDays, renewals } = exception;
  const { zone } = usePreferences();
  const [day, setDay] = useState("");
  return (
    <ReasonButton
      variant="default"
      title="Ask for more time"
      consequence={`The whole chain approves again; until it has, the old date holds.${renewals >= 2 ? " It was renewed twice, so somebody approves who has not approved it before." : ""}`}
      action={requestRenewalAction}
      read={(rationale) => ({ exceptionId, rationale, expiresAt: instantOf({ date: day, time: "23:59" }, zone) ?? "" })}
      label="Why the access has to stay longer"
      field="rationale"
      fields={(errors) => (
        <TextInput
          type="date"
          label="New end"
          description={`At most ${capDays} days from now.`}
          required
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
          error={errors.expiresAt}
        />
      )}
      onDone={() => toastDone("Asked for more time")}
    >
      Ask for more time
    </ReasonButton>
  );
}
