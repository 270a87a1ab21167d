"use client";

import { TextInput } from "@mantine/core";
import { useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { revokeDelegationAction, setDelegationAction } from "#lib/campaigns/actions.ts";
import type { DelegationRow } from "#lib/campaigns/campaign-types.ts";
import classes from "./delegation-form.module.css";
import { type PersonChoice, PersonSearch } from "./person-search.tsx";
import { instantOf } from "./zoned.ts";

/** A person's own out-of-office setting: who stands in for them, from when until when. */
export function Delegations({ delegations }: { delegations: readonly DelegationRow[] }) {
  return (
    <div className={classes.all}>
      {delegations.length > 0 && (
        <ul className={classes.list} aria-label="Who stands in for you">
          {delegations.map(({ id, toName, startsAt, endsAt, reason, isInForce }) => (
            <li key={id} className={classes.line}>
              <span>
                {toName} {isInForce ? "stands" : "will stand"} in for you from <Moment at={startsAt} show="instant" /> to{" "}
                <Moment at={endsAt} show="instant" />: “{reason}”
              </span>
              <ConfirmButton
                size="xs"
                variant="default"
                title="Take it back"
                consequence={`Nothing more goes to ${toName}. What they were given already stays with them, because an item never goes back.`}
                action={revokeDelegationAction}
                input={{ delegationId: id }}
                onDone={() => toastDone("Taken back")}
              >
                Take it back
              </ConfirmButton>
            </li>
          ))}
        </ul>
      )}
      <DelegationForm key={delegations.length} />
    </div>
  );
}

function DelegationForm() {
  const { zone } = usePreferences();
  const [person, setPerson] = useState<PersonChoice | null>(null);
  const [days, setDays] = useState({ from: "", until: "" });
  // Whole days of their own zone: from the morning of the first until the end of the last.
  const startsAt = instantOf({ date: days.from, time: "00:00" }, zone);
  const endsAt = instantOf({ date: days.until, time: "23:59" }, zone);
  return (
    <ActionForm
      action={setDelegationAction}
      read={(form) => ({
        toPersonId: person?.personId ?? "",
        startsAt: startsAt ?? "",
        endsAt: endsAt ?? "",
        reason: String(form.get("reason") ?? ""),
      })}
      submit="Let somebody stand in"
      onDone={() => toastDone(`${person?.name ?? "Somebody"} stands in for you`)}
    >
      {(errors) => (
        <>
          <PersonSearch
            label="Who stands in for you"
            description="They get what you have open and what comes, as far as they may review it. An answer that you did not hand in is dropped."
            value={person}
            onChange={setPerson}
            error={errors.toPersonId}
            required
          />
          <div className={classes.dates}>
            <TextInput
              type="date"
              label="From"
              required
              value={days.from}
              onChange={(event) => setDays({ ...days, from: event.currentTarget.value })}
              error={errors.startsAt}
            />
            <TextInput
              type="date"
              label="Until the end of"
              required
              value={days.until}
              onChange={(event) => setDays({ ...days, until: event.currentTarget.value })}
              error={errors.endsAt}
            />
          </div>
          <TextInput name="reason" label="Why" placeholder="On leave" required error={errors.reason} />
        </>
      )}
    </ActionForm>
  );
}
