"use client";

import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { retireTemplateAction } from "#lib/campaigns/actions.ts";

export function RetireTemplate({ templateId }: { templateId: string }) {
  return (
    <ConfirmButton
      action={retireTemplateAction}
      input={{ templateId }}
      title="Retire this template?"
      consequence="It makes no further campaign. Campaigns that it made, and its cycles, stay. It cannot be taken back; another template of this name can be made."
      variant="default"
      isDestructive
    >
      Retire it
    </ConfirmButton>
  );
}
