"use client";

import { Button, Checkbox, NumberInput, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import type { CampaignScopeInput } from "#lib/campaigns/schema.ts";
import { ENVIRONMENTS, IDENTITY_CLASSES, RESOURCE_CLASSES, SENSITIVITIES } from "#lib/inventory/streams.ts";
import { CLASS_WORDS, ENVIRONMENT_WORDS, RESOURCE_CLASS_WORDS, SENSITIVITY_WORDS, SIGNED_OFF_WORDS } from "./campaign-words.ts";
import { KindFields } from "./kind-fields.tsx";
import classes from "./setup-form.module.css";
import { instantOf, localTimeOf } from "./zoned.ts";

export type ScopeSource = { id: string; name: string; kind: string; state: string; lastAppliedAt: string | null };

type FieldsProps = { scope: CampaignScopeInput; onChange: (scope: CampaignScopeInput) => void };

const PEOPLE = ["human", "shared", "break_glass"] as const;
const SERVICES = ["service", "pipeline", "workload", "app"] as const;
const SIGNED_OFF_AS = ["never", "changed", "unchanged"] as const;

type ScopeFieldsProps = FieldsProps & { sources: readonly ScopeSource[]; zone: string; error: string | undefined; saved: ReactNode };

/** What is under review. Nothing ticked in a group means all of it, and says so. */
export function ScopeFields({ sources, scope, onChange, zone, error, saved }: ScopeFieldsProps) {
  return (
    <>
      <Sources sources={sources} scope={scope} onChange={onChange} error={error} />
      {saved}
      <KindFields scope={scope} onChange={onChange} />
      <Choices
        legend="Kinds of identities"
        all={IDENTITY_CLASSES}
        words={CLASS_WORDS}
        chosen={scope.identityClasses}
        onChange={(identityClasses) => onChange({ ...scope, identityClasses })}
        quick={{ "Only people": PEOPLE, "Only services and pipelines": SERVICES }}
      />
      <Choices
        legend="Kinds of resources"
        all={RESOURCE_CLASSES}
        words={RESOURCE_CLASS_WORDS}
        chosen={scope.resourceClasses}
        onChange={(resourceClasses) => onChange({ ...scope, resourceClasses })}
      />
      <Choices
        legend="Environments"
        all={ENVIRONMENTS}
        words={ENVIRONMENT_WORDS}
        chosen={scope.environments}
        onChange={(environments) => onChange({ ...scope, environments })}
      />
      <Choices
        legend="Sensitivity"
        all={SENSITIVITIES}
        words={SENSITIVITY_WORDS}
        chosen={scope.sensitivities}
        onChange={(sensitivities) => onChange({ ...scope, sensitivities })}
      />
      <Choices
        legend="When somebody last signed it off"
        all={SIGNED_OFF_AS}
        words={SIGNED_OFF_WORDS}
        chosen={scope.signedOffAs}
        onChange={(signedOffAs) => onChange({ ...scope, signedOffAs })}
      />
      <Limits scope={scope} onChange={onChange} zone={zone} />
    </>
  );
}

function Sources({ sources, scope, onChange, error }: FieldsProps & Pick<ScopeFieldsProps, "sources" | "error">) {
  return (
    <fieldset className={classes.group}>
      <legend>Sources</legend>
      {sources.length === 0 ? (
        <div>
          <p>There is no source yet, so there is nothing to review.</p>
          <LinkButton href="/sources" variant="default">
            Go to sources
          </LinkButton>
        </div>
      ) : (
        <div className={classes.sources}>
          {sources.map((source) => (
            <div key={source.id} className={classes.source}>
              <Checkbox
                label={source.name}
                checked={scope.sourceIds.includes(source.id)}
                onChange={(event) => onChange({ ...scope, sourceIds: toggled(scope.sourceIds, source.id, event.currentTarget.checked) })}
              />
              <span className={classes.hint}>
                {source.lastAppliedAt ? (
                  <>
                    read <Moment at={source.lastAppliedAt} show="relative" />
                  </>
                ) : (
                  "never read"
                )}{" "}
                {source.state !== "active" && <StateBadge state={source.state} />}
              </span>
            </div>
          ))}
        </div>
      )}
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** What is unknown never falls out of a scope: each says so. */
function Limits({ scope, onChange, zone }: FieldsProps & { zone: string }) {
  return (
    <fieldset className={classes.group}>
      <legend>Only access that is</legend>
      <Checkbox
        label="Only privileged access"
        description="What is not known to be unprivileged stays in."
        checked={scope.privilegedOnly}
        onChange={(event) => onChange({ ...scope, privilegedOnly: event.currentTarget.checked })}
      />
      <div className={classes.due}>
        <NumberInput
          label="Unused for days"
          description="Where the last use is unknown, it stays in."
          placeholder="any"
          min={1}
          max={3650}
          allowDecimal={false}
          value={scope.unusedDays ?? ""}
          onChange={(value) => onChange({ ...scope, unusedDays: typeof value === "number" ? value : null })}
        />
        <TextInput
          type="date"
          label="Granted since"
          description="Where the start is unknown, first seen since."
          value={scope.grantedSince ? localTimeOf(scope.grantedSince, zone).date : ""}
          onChange={(event) => onChange({ ...scope, grantedSince: instantOf({ date: event.currentTarget.value, time: "00:00" }, zone) })}
        />
      </div>
    </fieldset>
  );
}

type ChoicesProps<Value extends string> = {
  legend: string;
  all: readonly Value[];
  words: Readonly<Record<string, string>>;
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
  /** Whole selections by one button. */
  quick?: Readonly<Record<string, readonly Value[]>>;
};

function Choices<Value extends string>({ legend, all, words, chosen, onChange, quick = {} }: ChoicesProps<Value>) {
  return (
    <fieldset className={classes.group}>
      <legend>{legend}</legend>
      <div className={classes.choices}>
        {all.map((value) => (
          <Checkbox
            key={value}
            label={words[value] ?? value}
            checked={chosen.includes(value)}
            onChange={(event) => onChange(toggled(chosen, value, event.currentTarget.checked))}
          />
        ))}
      </div>
      <div className={classes.quick}>
        {chosen.length === 0 && <span className={classes.hint}>None ticked: all of them.</span>}
        {Object.entries(quick).map(([label, values]) => (
          <Button key={label} variant="subtle" size="compact-xs" onClick={() => onChange([...values])}>
            {label}
          </Button>
        ))}
        {chosen.length > 0 && (
          <Button variant="subtle" size="compact-xs" onClick={() => onChange([])}>
            All of them
          </Button>
        )}
      </div>
    </fieldset>
  );
}

const toggled = <Value extends string>(chosen: readonly Value[], value: Value, on: boolean): Value[] =>
  on ? [...chosen, value] : chosen.filter((each) => each !== value);
