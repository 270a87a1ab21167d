"use client";

import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { CampaignPlan, Round } from "#lib/campaigns/plan.ts";
import { type Named, RoundFields } from "./round-fields.tsx";
import classes from "./setup-form.module.css";

type PlanFieldsProps = {
  named: Named;
  plan: CampaignPlan;
  onChange: (plan: CampaignPlan) => void;
  errors: Readonly<Record<string, string>>;
};

const PLACES = [1, 2, 3] as const;
const STRATEGIES = [
  { value: "last_round", label: "The last round decides" },
  { value: "one_revoke_wins", label: "One revoke in any round wins" },
  { value: "all_must_keep", label: "Kept only if every round keeps" },
];
const SILENCES = [
  { value: "by_risk", label: "By risk: low is kept, ordinary revoked, high suspended" },
  { value: "unanswered", label: "Nothing: it stays without an answer" },
];
/** Each round is over later than the one before. */
const halfOf = (before: Round | undefined): number => Math.max(1, Math.floor((before?.endsDaysBefore ?? 14) / 2));
/** The last round is over at the campaign's due date. */
const lastOpen = (rounds: Round[]): Round[] =>
  rounds.map((round, index) => (index === rounds.length - 1 ? { ...round, endsDaysBefore: null } : round));
const number = (value: number | string): number | null => (typeof value === "number" ? value : null);

/** Rounds and what happens without an answer: fixed with the freeze, in the manifest. */
export function PlanFields({ named, plan, onChange, errors: all }: PlanFieldsProps) {
  const errors = planErrors(all);
  const set = (change: Partial<CampaignPlan>) => onChange({ ...plan, ...change });
  const setRound = (at: number, change: Partial<Round>) =>
    set({ rounds: plan.rounds.map((round, index) => (index === at ? { ...round, ...change } : round)) });
  const addRound = () =>
    set({
      rounds: [
        ...plan.rounds.map((round, index) =>
          index === plan.rounds.length - 1 ? { ...round, endsDaysBefore: halfOf(plan.rounds[index - 1]) } : round,
        ),
        {
          name: `Round ${plan.rounds.length + 1}`,
          chain: ["resource_owner", "resource_owners_manager", "fallback"],
          named: [],
          group: null,
          endsDaysBefore: null,
          advance: "all_handed_in",
        },
      ],
    });
  return (
    <>
      <fieldset className={classes.group}>
        <legend>Who reviews</legend>
        {PLACES.map((place) => {
          const round = plan.rounds[place - 1];
          return round ? (
            <RoundFields
              key={place}
              round={round}
              named={named}
              number={place}
              isLast={place === plan.rounds.length}
              isOnly={plan.rounds.length === 1}
              errors={errors}
              onChange={(change) => setRound(place - 1, change)}
              onRemove={() => set({ rounds: lastOpen(plan.rounds.filter((_, index) => index !== place - 1)) })}
            />
          ) : null;
        })}
        {plan.rounds.length < PLACES.length && (
          <Button variant="default" size="compact-sm" className={classes.short ?? ""} onClick={addRound}>
            Add a round by others
          </Button>
        )}
        {plan.rounds.length > 1 && (
          <Select
            label="How rounds become one outcome"
            description="Whatever is chosen, at high and critical risk one revoke wins."
            data={STRATEGIES}
            allowDeselect={false}
            value={plan.strategy}
            onChange={(value) => set({ strategy: (value ?? plan.strategy) as CampaignPlan["strategy"] })}
          />
        )}
      </fieldset>
      <fieldset className={classes.group}>
        <legend>Reminders and silence</legend>
        <div className={classes.due}>
          <ReminderDays
            days={plan.remindDaysBefore}
            onChange={(remindDaysBefore) => set({ remindDaysBefore })}
            error={errors.remindDaysBefore}
          />
          <NumberInput
            label="Hand up the chain, days before"
            description="What nobody touched. Empty: not at all."
            min={1}
            max={365}
            allowDecimal={false}
            value={plan.escalateDaysBefore ?? ""}
            onChange={(value) => set({ escalateDaysBefore: number(value) })}
            error={errors.escalateDaysBefore}
          />
        </div>
        <Select
          label="What becomes of what nobody answers"
          data={SILENCES}
          allowDeselect={false}
          value={plan.silence}
          onChange={(value) => set({ silence: (value ?? plan.silence) as CampaignPlan["silence"] })}
        />
        <NumberInput
          label="Carry forward, cycles in a row"
          description="What is of low risk and did not change since somebody kept it is attested as one bundle. 0: each is an item like any other."
          min={0}
          max={8}
          allowDecimal={false}
          value={plan.carryCycles}
          onChange={(value) => set({ carryCycles: number(value) ?? 0 })}
          error={errors.carryCycles}
          className={classes.short ?? ""}
        />
      </fieldset>
    </>
  );
}

/** Of a campaign or a template's body, by the plan's own names; of a list as one, the list's. */
const planErrors = (errors: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(errors).flatMap(([path, message]) => {
      const inPlan = /^(?:body\.)?plan\.(.+)$/.exec(path)?.[1];
      return inPlan ? [[inPlan.startsWith("rounds.") ? inPlan : (inPlan.split(".")[0] ?? inPlan), message]] : [];
    }),
  );

type ReminderDaysProps = { days: readonly number[]; onChange: (days: number[]) => void; error: string | undefined };

function ReminderDays({ days, onChange, error }: ReminderDaysProps) {
  const [typed, setTyped] = useState(days.join(", "));
  return (
    <TextInput
      label="Remind, days before"
      description="Only those with open items."
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(daysOf(event.currentTarget.value));
      }}
      error={error}
    />
  );
}

/** "7, 2, 0" as it is typed: what is no number yet is not a day yet. */
const daysOf = (typed: string): number[] =>
  [
    ...new Set(
      typed
        .split(/[\s,]+/)
        .filter((word) => /^\d+$/.test(word))
        .map(Number),
    ),
  ].toSorted((a, b) => b - a);
