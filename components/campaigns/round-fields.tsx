"use client";

import { Button, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Round } from "#lib/campaigns/plan.ts";
import type { GroupChoice } from "#lib/campaigns/reviewer-groups.sql.ts";
import { REVIEWER_CHAIN } from "#lib/campaigns/reviewers.ts";
import { GroupSearch } from "./group-search.tsx";
import { type PersonChoice, PersonSearch } from "./person-search.tsx";
import classes from "./setup-form.module.css";
import { RULE_WORDS } from "./words.ts";

const LINKS = REVIEWER_CHAIN.map((rule) => ({ value: rule, label: RULE_WORDS[rule] }));
const ADVANCES = [
  { value: "all_handed_in", label: "As soon as everything was handed in" },
  { value: "at_due", label: "At its due date" },
];
const number = (value: number | string): number | null => (typeof value === "number" ? value : null);

/** Whom and what the plan under edit names already. */
export type Named = { people: readonly PersonChoice[]; groups: readonly GroupChoice[] };

type RoundFieldsProps = {
  round: Round;
  named: Named;
  number: number;
  isLast: boolean;
  isOnly: boolean;
  /** Of the plan, by its paths. */
  errors: Readonly<Record<string, string>>;
  onChange: (change: Partial<Round>) => void;
  onRemove: () => void;
};

/** One round: who is asked in which order, and when it is over. */
export function RoundFields({ round, named, number: place, isLast, isOnly, errors, onChange, onRemove }: RoundFieldsProps) {
  const errorOf = (field: keyof Round) => errors[`rounds.${place - 1}.${field}`];
  return (
    <fieldset className={classes.round} aria-label={`Round ${place}`}>
      {!isOnly && (
        <TextInput
          label={`Name of round ${place}`}
          required
          maxLength={80}
          value={round.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
          error={errorOf("name")}
        />
      )}
      <MultiSelect
        label={isOnly ? "Asked in this order" : `Asked in round ${place}, in this order`}
        description="The first who is in office and independent. Nobody reviews their own access."
        data={LINKS}
        value={round.chain}
        onChange={(value) =>
          onChange({
            chain: value as Round["chain"],
            ...(value.includes("named") ? {} : { named: [] }),
            ...(value.includes("group") ? {} : { group: null }),
          })
        }
        hidePickedOptions
        error={round.chain.length === 0 ? "Somebody has to be asked." : errorOf("chain")}
      />
      {round.chain.includes("named") && (
        <NamedPeople people={named.people} named={round.named} onChange={(people) => onChange({ named: people })} />
      )}
      {round.chain.includes("group") && <GroupSearch known={named.groups} value={round.group} onChange={(group) => onChange({ group })} />}
      {!isLast && (
        <div className={classes.due}>
          <NumberInput
            label="Over, days before the due date"
            min={1}
            max={365}
            allowDecimal={false}
            value={round.endsDaysBefore ?? ""}
            onChange={(value) => onChange({ endsDaysBefore: number(value) })}
            error={errorOf("endsDaysBefore")}
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
