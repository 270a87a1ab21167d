"use client";

import { Checkbox } from "@mantine/core";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import type { CampaignScopeInput } from "#lib/campaigns/schema.ts";
import { ENVIRONMENTS, IDENTITY_CLASSES } from "#lib/inventory/streams.ts";
import { CLASS_WORDS, ENVIRONMENT_WORDS } from "./campaign-words.ts";
import { KindFields } from "./kind-fields.tsx";
import classes from "./setup-form.module.css";

export type ScopeSource = { id: string; name: string; kind: string; state: string; lastAppliedAt: string | null };

type ScopeFieldsProps = {
  sources: readonly ScopeSource[];
  scope: CampaignScopeInput;
  onChange: (scope: CampaignScopeInput) => void;
  error: string | undefined;
};

/** What is under review. Nothing ticked among classes or environments means all of them, and says so. */
export function ScopeFields({ sources, scope, onChange, error }: ScopeFieldsProps) {
  return (
    <>
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
      <KindFields scope={scope} onChange={onChange} />
      <Choices
        legend="Kinds of identities"
        all={IDENTITY_CLASSES}
        words={CLASS_WORDS}
        chosen={scope.identityClasses}
        onChange={(identityClasses) => onChange({ ...scope, identityClasses })}
      />
      <Choices
        legend="Environments"
        all={ENVIRONMENTS}
        words={ENVIRONMENT_WORDS}
        chosen={scope.environments}
        onChange={(environments) => onChange({ ...scope, environments })}
      />
      <Checkbox
        label="Only privileged access"
        description="What is not known to be unprivileged stays in."
        checked={scope.privilegedOnly}
        onChange={(event) => onChange({ ...scope, privilegedOnly: event.currentTarget.checked })}
      />
    </>
  );
}

type ChoicesProps<Value extends string> = {
  legend: string;
  all: readonly Value[];
  words: Readonly<Record<string, string>>;
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
};

function Choices<Value extends string>({ legend, all, words, chosen, onChange }: ChoicesProps<Value>) {
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
      {chosen.length === 0 && <p className={classes.hint}>None ticked: all of them.</p>}
    </fieldset>
  );
}

const toggled = <Value extends string>(chosen: readonly Value[], value: Value, on: boolean): Value[] =>
  on ? [...chosen, value] : chosen.filter((each) => each !== value);
