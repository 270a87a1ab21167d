"use client";

import { Button, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { CampaignPlan, Round } from "#lib/campaigns/plan.ts";
import { REVIEWER_CHAIN } from "#lib/campaigns/reviewers.ts";
import { type PersonChoice, PersonSearch } from "./person-search.tsx";
import classes from "./setup-form.module.css";
import { RULE_WORDS } from "./words.ts";

/** `people`: those whom the plan names already. */
type PlanFieldsProps = {
  people: readonly PersonChoice[];
  plan: CampaignPlan;
  onChange: (plan: CampaignPlan) => void;
  errors: Readonly<Record<string, string>>;
};

const PLACES = [1, 2, 3] as const;
/** A group is chosen in a file; a plan that has one keeps it. */
const linksFor = (round: Round) =>
  REVIEWER_CHAIN.filter((rule) => rule !== "group" || round.chain.includes(rule)).map((rule) => ({
    value: rule,
    label: RULE_WORDS[rule],
  }));
const STRATEGIES = [
  { value: "last_round", label: "The last round decides" },
  { value: "one_revoke_wins", label: "One revoke in any round wins" },
  { value: "all_must_keep", label: "Kept only if every round keeps" },
];
const ADVANCES = [
  { value: "all_handed_in", label: "As soon as everything was handed in" },
  { value: "at_due", label: "At its due date" },
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
export function PlanFields({ people, plan, onChange, errors }: PlanFieldsProps) {
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
              people={people}
              number={place}
              isLast={place === plan.rounds.length}
              isOnly={plan.rounds.length === 1}
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
            error={errors["plan.remindDaysBefore"]}
          />
          <NumberInput
            label="Hand up the chain, days before"
            description="What nobody touched. Empty: not at all."
            min={1}
            max={365}
            allowDecimal={false}
            value={plan.escalateDaysBefore ?? ""}
            onChange={(value) => set({ escalateDaysBefore: number(value) })}
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
          className={classes.short ?? ""}
        />
      </fieldset>
    </>
  );
}

type RoundFieldsProps = {
  round: Round;
  people: readonly PersonChoice[];
  number: number;
  isLast: boolean;
  isOnly: boolean;
  onChange: (change: Partial<Round>) => void;
  onRemove: () => void;
};

function RoundFields({ round, people, number: place, isLast, isOnly, onChange, onRemove }: RoundFieldsProps) {
  return (
    <fieldset className={classes.round} aria-label={`Round ${place}`}>
      {!isOnly && (
        <TextInput
          label={`Name of round ${place}`}
          required
          maxLength={80}
          value={round.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
      )}
      <MultiSelect
        label={isOnly ? "Asked in this order" : `Asked in round ${place}, in this order`}
        description="The first who is in office and independent. Nobody reviews their own access."
        data={linksFor(round)}
        value={round.chain}
        onChange={(value) => onChange({ chain: value as Round["chain"], ...(value.includes("named") ? {} : { named: [] }) })}
        hidePickedOptions
        error={round.chain.length === 0 ? "Somebody has to be asked." : undefined}
      />
      {round.chain.includes("named") && <NamedPeople people={people} named={round.named} onChange={(named) => onChange({ named })} />}
      {!isLast && (
        <div className={classes.due}>
          <NumberInput
            label="Over, days before the due date"
            min={1}
            max={365}
            allowDecimal={false}
            value={round.endsDaysBefore ?? ""}
            onChange={(value) => onChange({ endsDaysBefore: number(value) })}
          />
          <Select
            label="The next begins"
            data={ADVANCES}
            allowDeselect={false}
            value={round.advance}
            onChange={(value) => onChange({ advance: (value ?? round.advance) as Round["advance"] })}
          />
        </div>
      )}
      {!isOnly && (
        <Button variant="subtle" color="gray" size="compact-xs" className={classes.short ?? ""} onClick={onRemove}>
          Leave round {place} out
        </Button>
      )}
    </fieldset>
  );
}

type NamedPeopleProps = { people: readonly PersonChoice[]; named: readonly string[]; onChange: (named: string[]) => void };

function NamedPeople({ people, named, onChange }: NamedPeopleProps) {
  const [known, setKnown] = useState(people);
  const nameOf = (id: string) => known.find(({ personId }) => personId === id)?.name ?? "somebody";
  return (
    <div className={classes.group}>
      {named.length > 0 && (
        <ol className={classes.cycles}>
          {named.map((id) => (
            <li key={id}>
              {nameOf(id)}{" "}
              <Button
                variant="subtle"
                color="gray"
                size="compact-xs"
                aria-label={`Leave ${nameOf(id)} out`}
                onClick={() => onChange(named.filter((each) => each !== id))}
              >
                Leave out
              </Button>
            </li>
          ))}
        </ol>
      )}
      <PersonSearch
        // A new field for the next person.
        key={named.length}
        label="Add a person by name"
        value={null}
        onChange={(person) => {
          if (!person || named.includes(person.personId)) return;
          setKnown([...known, person]);
          onChange([...named, person.personId]);
        }}
        error={named.length === 0 ? "Name at least one." : undefined}
      />
    </div>
  );
}

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
