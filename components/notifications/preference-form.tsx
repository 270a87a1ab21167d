"use client";

import { Radio } from "@mantine/core";
import { useState } from "react";
import { toastDone, toastFailed } from "#components/ui/toasts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { setMailPreferenceAction } from "#lib/notifications/actions.ts";
import type { MailPreference } from "#lib/notifications/types.ts";

const CHOICES: readonly { value: MailPreference; label: string; description: string }[] = [
  { value: "at_once", label: "As it comes", description: "What comes together is one mail, at most every half hour." },
  { value: "daily", label: "Once a day", description: "At seven in the morning, all that waits in one mail." },
  { value: "none", label: "No mail", description: "You find it here, behind the bell." },
];

/** Saved as it is chosen. */
export function PreferenceForm({ chosen }: { chosen: MailPreference }) {
  const [saved, setSaved] = useState(chosen);
  const [value, setValue] = useState(chosen);
  const saving = useAction(setMailPreferenceAction, {
    onDone: () => {
      setSaved(value);
      toastDone("Saved how you are told");
    },
    // What was not saved does not stand there as if it were.
    onFailed: (failure) => {
      setValue(saved);
      toastFailed(failure);
    },
  });
  return (
    <Radio.Group
      name="mail"
      mt="md"
      label="Mail about what waits for you"
      description="Whatever you choose, you are written to at once about your account's security and where a second person is needed."
      value={value}
      onChange={(next) => {
        const choice = CHOICES.find((each) => each.value === next);
        if (!choice) return;
        setValue(choice.value);
        saving.run({ mail: choice.value });
      }}
    >
      {CHOICES.map(({ value: each, label, description }) => (
        <Radio key={each} value={each} label={label} description={description} mt="sm" />
      ))}
    </Radio.Group>
  );
}
