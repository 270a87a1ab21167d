"use client";

import { NumberInput, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { CampaignPlan } from "#lib/campaigns/plan.ts";
import type { SavedScopeRow } from "#lib/campaigns/plan-types.ts";
import type { CampaignScopeInput } from "#lib/campaigns/schema.ts";
import { type PersonChoice, PersonSearch } from "./person-search.tsx";
import { PlanFields } from "./plan-fields.tsx";
import type { Named } from "./round-fields.tsx";
import { SavedScopes } from "./saved-scopes.tsx";
import { ScopeFields, type ScopeSource } from "./scope-fields.tsx";
import classes from "./setup-form.module.css";

export type ReviewValues = { scope: CampaignScopeInput; plan: CampaignPlan; fallback: PersonChoice | null; watchDays: number | string };

/** What the form of a campaign and that of a template are made from. `blank`: a scope and a plan with nothing chosen yet. */
export type FormSetup = {
  sources: ScopeSource[];
  saved: SavedScopeRow[];
  named: Named;
  now: string;
  blank: Pick<ReviewValues, "scope" | "plan">;
};

export const blankValues = ({ sources, blank }: FormSetup): ReviewValues => ({
  scope: { ...blank.scope, sourceIds: sources.length === 1 ? sources.map(({ id }) => id) : [] },
  plan: blank.plan,
  fallback: null,
  watchDays: 30,
});

type ReviewFieldsProps = {
  setup: FormSetup;
  values: ReviewValues;
  onChange: (values: ReviewValues) => void;
  zone: string;
  errors: Readonly<Record<string, string>>;
  name: { placeholder: string; initial: string };
  instructions: string;
  /** When it is due, or comes again. */
  when: ReactNode;
};

/** What is reviewed, when, by whom, and what they are told: the order in which one thinks of it. */
export function ReviewFields({ setup, values, onChange, zone, errors, name, instructions, when }: ReviewFieldsProps) {
  const set = (change: Partial<ReviewValues>) => onChange({ ...values, ...change });
  const { scope, plan, fallback, watchDays } = values;
  return (
    <>
      <TextInput
        name="name"
        label="Name"
        required
        maxLength={180}
        placeholder={name.placeholder}
        defaultValue={name.initial}
        error={errors.name ?? errors["body.name"]}
      />
      <ScopeFields
        sources={setup.sources}
        scope={scope}
        onChange={(next) => set({ scope: next })}
        zone={zone}
        error={errors["scope.sourceIds"] ?? errors["body.scope.sourceIds"]}
        saved={<SavedScopes saved={setup.saved} scope={scope} onChoose={(next) => set({ scope: next })} />}
      />
      {when}
      <PlanFields named={setup.named} plan={plan} onChange={(next) => set({ plan: next })} errors={errors} />
      <PersonSearch
        label="Fallback reviewer"
        description="Answers what nobody in the chain may: manager, owner of the resource, owner of the identity, then this person."
        value={fallback}
        onChange={(next) => set({ fallback: next })}
        error={errors.fallbackPersonId ?? errors["body.fallbackPersonId"]}
      />
      <NumberInput
        label="Watch after removal, in days"
        description="Access that grows back within these days becomes a new item at once."
        required
        min={0}
        max={365}
        allowDecimal={false}
        value={watchDays}
        onChange={(next) => set({ watchDays: next })}
        error={errors.watchDays ?? errors["body.watchDays"]}
        className={classes.short ?? ""}
      />
      <Textarea
        name="instructions"
        label="Instructions to reviewers"
        description="They read this before they hand in, and their submission names the version that they read."
        required
        autosize
        minRows={8}
        maxRows={20}
        defaultValue={instructions}
        error={errors.instructions ?? errors["body.instructions"]}
      />
    </>
  );
}
