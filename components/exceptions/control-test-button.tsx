"use client";

import { Radio, TextInput } from "@mantine/core";
import { useState } from "react";
import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { instantOf } from "#components/campaigns/zoned.ts";
import { usePreferences } from "#components/ui/preferences.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { recordTestAction } from "#lib/exceptions/actions.ts";
import type { ControlResult, ExceptionDetail } from "#lib/exceptions/types.ts";
import classes from "./exceptions.module.css";

/** What testing the control showed. A failed test suspends the exception at once. */
export function ControlTestButton({ exception }: { exception: ExceptionDetail }) {
  const { id: exceptionId, controlTest } = exception;
  const { zone } = usePreferences();
  const [result, setResult] = useState<ControlResult | null>(null);
  const [day, setDay] = useState("");
  return (
    <ReasonButton
      variant="default"
      title="Record a test of the control"
      consequence={`How it is tested: ${controlTest}`}
      action={recordTestAction}
      read={(evidence) => ({
        exceptionId,
        result: result ?? ("" as ControlResult),
        evidence,
        nextDueAt: result === "passed" ? instantOf({ date: day, time: "23:59" }, zone) : null,
      })}
      label="What was tested, and what was seen"
      field="evidence"
      fields={(errors) => (
        <>
          <Radio.Group
            label="Result"
            required
            value={result}
            onChange={(value) => setResult(value === "passed" ? "passed" : "failed")}
            error={errors.result && "Choose what the test showed."}
          >
            <div className={classes.buttons}>
              <Radio value="passed" label="Passed" />
              <Radio value="failed" label="Failed: suspends the exception at once" />
            </div>
          </Radio.Group>
          {result === "passed" && (
            <TextInput
              type="date"
              label="Next test due"
              required
              value={day}
              onChange={(event) => setDay(event.currentTarget.value)}
              error={errors.nextDueAt}
            />
          )}
        </>
      )}
      onDone={() => toastDone("Recorded the test")}
    >
      Record a test
    </ReasonButton>
  );
}
