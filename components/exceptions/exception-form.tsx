"use client";

import { Button, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type PersonChoice, PersonSearch } from "#components/campaigns/person-search.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import type { ExceptionTermsInput } from "#lib/exceptions/schema.ts";
import type { RiskClass } from "#lib/policy/risk.ts";
import { dayOf, problemsOf, readTerms } from "./exception-terms.ts";
import classes from "./exceptions.module.css";

export type ExceptionDraft = Pick<ExceptionTermsInput, "rationale" | "control" | "controlTest" | "expiresAt" | "controlDueAt"> & {
  owner: PersonChoice | null;
  startsAt: string | null;
};

type ExceptionFormProps = {
  riskClass: RiskClass;
  capDays: number;
  /** Verb and object. */
  submit: string;
  onSubmit: (terms: ExceptionTermsInput) => void;
  onCancel: () => void;
  initial?: ExceptionDraft;
  isRunning?: boolean;
  /** The server's answer, where it was no. */
  failure?: string | null;
  errors?: Readonly<Record<string, string>>;
};

/** What is asked for: why, what keeps the risk down, who answers for that, how it is tested and when, and until when. */
export function ExceptionForm(props: ExceptionFormProps) {
  const { riskClass, capDays, submit, onSubmit, onCancel, initial, isRunning = false, failure = null, errors: refused = {} } = props;
  const { zone } = usePreferences();
  const [owner, setOwner] = useState<PersonChoice | null>(initial?.owner ?? null);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const errors = { ...refused, ...problems };
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    event.stopPropagation(); // a dialog in a drawer: React hands it to the outer form otherwise
    const terms = readTerms(new FormData(event.currentTarget), owner, zone);
    const found = problemsOf(terms, riskClass, new Date());
    setProblems(found);
    if (Object.keys(found).length === 0) onSubmit(terms);
  };
  return (
    <form className={classes.form} method="post" noValidate onSubmit={send} aria-label="Request for an exception">
      <Textarea
        name="rationale"
        label="Why the access has to stay"
        required
        autosize
        minRows={2}
        maxRows={8}
        defaultValue={initial?.rationale ?? ""}
        error={errors.rationale}
        data-autofocus
      />
      <Textarea
        name="control"
        label="Compensating control"
        description="What keeps the risk down meanwhile."
        required
        autosize
        minRows={2}
        maxRows={8}
        defaultValue={initial?.control ?? ""}
        error={errors.control}
      />
      <PersonSearch label="Who answers for the control" required value={owner} onChange={setOwner} error={errors.controlOwnerId} />
      <Textarea
        name="controlTest"
        label="How the control is tested"
        required
        autosize
        minRows={2}
        maxRows={8}
        defaultValue={initial?.controlTest ?? ""}
        error={errors.controlTest}
      />
      <div className={classes.days}>
        <TextInput
          type="date"
          name="controlDueAt"
          label="Next test due"
          required
          defaultValue={initial ? dayOf(initial.controlDueAt, zone) : ""}
          error={errors.controlDueAt}
        />
        <TextInput
          type="date"
          name="startsAt"
          label="Starts"
          description="Left out: once approved."
          inputWrapperOrder={["label", "input", "description", "error"]}
          defaultValue={initial?.startsAt ? dayOf(initial.startsAt, zone) : ""}
          error={errors.startsAt}
        />
        <TextInput
          type="date"
          name="expiresAt"
          label="Ends"
          description={`At most ${capDays} days at ${riskClass} risk.`}
          inputWrapperOrder={["label", "input", "description", "error"]}
          required
          defaultValue={initial ? dayOf(initial.expiresAt, zone) : ""}
          error={errors.expiresAt}
        />
      </div>
      {failure && (
        <p className={classes.failure} role="alert">
          {failure}
        </p>
      )}
      <div className={`${classes.buttons} ${classes.end}`}>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={isRunning}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
