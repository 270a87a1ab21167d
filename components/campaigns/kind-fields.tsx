"use client";

import { Checkbox } from "@mantine/core";
import { ITEM_KINDS, kindsOf } from "#lib/campaigns/item-kinds.ts";
import type { CampaignScopeInput } from "#lib/campaigns/schema.ts";
import { ASKED_WORDS } from "./campaign-words.ts";
import classes from "./setup-form.module.css";

type KindFieldsProps = { scope: CampaignScopeInput; onChange: (scope: CampaignScopeInput) => void };

/** What of the sources becomes an item. One is always ticked: a campaign asks about something. */
export function KindFields({ scope, onChange }: KindFieldsProps) {
  const chosen = kindsOf(scope);
  return (
    <fieldset className={classes.group}>
      <legend>What is asked about</legend>
      <div className={classes.choices}>
        {ITEM_KINDS.map((kind) => (
          <Checkbox
            key={kind}
            label={ASKED_WORDS[kind]}
            checked={chosen.includes(kind)}
            disabled={chosen.length === 1 && chosen.includes(kind)}
            onChange={(event) => {
              const isOn = event.currentTarget.checked;
              onChange({ ...scope, kinds: ITEM_KINDS.filter((each) => (each === kind ? isOn : chosen.includes(each))) });
            }}
          />
        ))}
      </div>
      <p className={classes.hint}>
        Access is asked about for everyone; the rest for services, pipelines and whatever else is not a person.
      </p>
    </fieldset>
  );
}
