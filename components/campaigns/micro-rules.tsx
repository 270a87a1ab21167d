"use client";

import { NumberInput, Switch } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { setMicroRuleAction } from "#lib/campaigns/actions.ts";
import type { MicroRule, MicroRuleSettings } from "#lib/campaigns/micro.ts";
import classes from "./micro.module.css";
import { MICRO_WORDS } from "./micro-words.ts";

type RuleLine = { rule: MicroRule; settings: MicroRuleSettings; subjects: number; grants: number };

/** Each rule with what it would have had to do with, so that nobody switches one on blindly. */
export function MicroRules({ lines, canManage, days }: { lines: readonly RuleLine[]; canManage: boolean; days: number }) {
  return (
    <ul className={classes.rules}>
      {lines.map((line) => (
        <li key={line.rule} className={classes.rule}>
          <h3 className={classes.title}>{MICRO_WORDS[line.rule].title}</h3>
          <p className={classes.dimmed}>{MICRO_WORDS[line.rule].why}</p>
          <p>
            {line.subjects === 0
              ? `In the last ${days} days it would have started nothing.`
              : `In the last ${days} days it would have started ${counted(line.subjects, "micro-campaign")} over ${counted(line.grants, "grant")}.`}
          </p>
          {canManage ? <RuleForm line={line} /> : <p>{lineText(line.settings)}</p>}
        </li>
      ))}
    </ul>
  );
}

const lineText = ({ isOn, days, perDay, maxItems }: MicroRuleSettings): string =>
  isOn ? `On: answers due in ${counted(days, "day")}, at most ${perDay} a day with ${counted(maxItems, "grant")} each.` : "Off.";

function RuleForm({ line: { rule, settings } }: { line: RuleLine }) {
  const [isOn, setOn] = useState(settings.isOn);
  const { title } = MICRO_WORDS[rule];
  return (
    <ActionForm
      action={setMicroRuleAction}
      submit="Save the rule"
      read={(fields) => ({
        rule,
        isOn,
        days: Number(fields.get("days")),
        perDay: Number(fields.get("perDay")),
        maxItems: Number(fields.get("maxItems")),
      })}
      onDone={() => toastDone(`Saved: ${title}`)}
    >
      {(errors) => (
        <>
          <Switch
            label={isOn ? "On" : "Off"}
            aria-label={`Start micro-campaigns: ${title}`}
            checked={isOn}
            onChange={(event) => setOn(event.currentTarget.checked)}
          />
          <div className={classes.numbers}>
            <NumberInput name="days" label="Due in days" defaultValue={settings.days} min={1} max={90} error={errors.days} />
            <NumberInput name="perDay" label="Most a day" defaultValue={settings.perDay} min={1} max={200} error={errors.perDay} />
            <NumberInput name="maxItems" label="Grants each" defaultValue={settings.maxItems} min={1} max={1000} error={errors.maxItems} />
          </div>
        </>
      )}
    </ActionForm>
  );
}
