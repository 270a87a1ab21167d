"use client";

import { Button, Modal, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { retireScopeAction, saveScopeAction } from "#lib/campaigns/actions.ts";
import type { SavedScopeRow } from "#lib/campaigns/plan-types.ts";
import type { CampaignScopeInput } from "#lib/campaigns/schema.ts";
import classes from "./setup-form.module.css";

type SavedScopesProps = { saved: readonly SavedScopeRow[]; scope: CampaignScopeInput; onChoose: (scope: CampaignScopeInput) => void };

/** Sources and filters kept under a name. Choosing one copies it: a campaign never changes because a query did. */
export function SavedScopes({ saved, scope, onChoose }: SavedScopesProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [opened, setOpened] = useState(false);
  const query = saved.find(({ id }) => id === chosen);
  const retire = useAction(retireScopeAction, {
    onDone: () => {
      setChosen(null);
      toastDone("The query is gone from the list. Campaigns keep what they took from it");
    },
  });
  return (
    <div className={classes.due}>
      {saved.length > 0 && (
        <Select
          label="Saved query"
          description={query ? `By ${query.createdBy ?? "somebody unknown"}` : "Fills sources and filters."}
          placeholder="Start from one"
          data={saved.map(({ id, name }) => ({ value: id, label: name }))}
          value={chosen}
          clearable
          onChange={(value) => {
            setChosen(value);
            const next = saved.find(({ id }) => id === value);
            if (next) onChoose(next.scope);
          }}
        />
      )}
      <div className={classes.quick}>
        <Button variant="default" size="compact-sm" disabled={scope.sourceIds.length === 0} onClick={() => setOpened(true)}>
          Save as a query
        </Button>
        {query && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            loading={retire.isRunning}
            onClick={() => retire.run({ savedScopeId: query.id })}
          >
            Drop this query
          </Button>
        )}
      </div>
      {/* Outside the campaign's form in the document, though inside it here: what it submits must not submit that. */}
      <Modal opened={opened} onClose={() => setOpened(false)} title="Save as a query" closeButtonProps={{ "aria-label": "Close" }}>
        {/* React hands events up to where the dialog is written. */}
        <div onSubmit={(event) => event.stopPropagation()}>
          <ActionForm
            action={saveScopeAction}
            read={(form) => ({ name: String(form.get("query") ?? ""), scope: withoutGrants(scope) })}
            submit="Save the query"
            onCancel={() => setOpened(false)}
            onDone={() => {
              setOpened(false);
              toastDone("Saved the query");
            }}
          >
            {(errors) => <TextInput name="query" label="Name of the query" required maxLength={120} error={errors.name} data-autofocus />}
          </ActionForm>
        </div>
      </Modal>
    </div>
  );
}

/** A query is a rule, never a list of what is under review. */
export const withoutGrants = ({
  grantIds: _,
  subjects: __,
  ...scope
}: CampaignScopeInput): Omit<CampaignScopeInput, "grantIds" | "subjects"> => scope;
