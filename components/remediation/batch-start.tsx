"use client";

import { Button, Checkbox, Modal, NumberInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { Reasons } from "#components/ui/reasons.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { checkBatchAction, startBatchAction } from "#lib/remediation/actions.ts";
import { MAX_BATCH, partition, stepSizes } from "#lib/remediation/batch.ts";
import type { CheckedBatch, Executable } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";

/** Asks the source about every approved removal, lets a person read what warns, and begins them in steps. */
export function BatchStart({ campaignId, campaignName, sourceId, sourceName, tasks }: Executable) {
  const [checked, setChecked] = useState<CheckedBatch | null>(null);
  const { run, isRunning, failure, stepUp } = useAction(checkBatchAction, { onDone: setChecked, onFailed: () => undefined });
  return (
    <li className={classes.batch}>
      <div>
        <strong>
          {counted(tasks, "approved removal")} in {sourceName}
        </strong>
        <p className={classes.dim}>{campaignName}</p>
        {failure && (
          <p className={classes.failure} role="alert">
            {failure.message}
          </p>
        )}
      </div>
      <Button size="xs" variant="default" loading={isRunning} onClick={() => run({ campaignId, sourceId })} aria-haspopup="dialog">
        Check all, then remove in steps
      </Button>
      {stepUp}
      {checked && (
        <Modal
          opened
          onClose={() => setChecked(null)}
          title={`Remove in steps from ${sourceName}`}
          size="lg"
          closeButtonProps={{ "aria-label": "Close" }}
        >
          <Plan campaignId={campaignId} sourceId={sourceId} checked={checked} onStarted={() => setChecked(null)} />
        </Modal>
      )}
    </li>
  );
}

type PlanProps = { campaignId: string; sourceId: string; checked: CheckedBatch; onStarted: () => void };

function Plan({ campaignId, sourceId, checked, onStarted }: PlanProps) {
  const [confirmed, setConfirmed] = useState<readonly string[]>([]);
  const [stopAfter, setStopAfter] = useState(1);
  const { ready, unread, blocked } = partition(checked.tasks, confirmed);
  const warnings = Map.groupBy(
    checked.tasks.filter(({ blocks }) => blocks.length === 0).flatMap(({ warns }) => warns),
    (name) => name,
  );
  const steps = stepSizes(ready.length);
  return (
    <div className={classes.panel}>
      <p>
        {ready.length === 0
          ? "Read what warns first: nothing begins before."
          : `${counted(ready.length, "removal")} in ${counted(steps.length, "step")}: ${steps.join(", then ")}. Each step begins when the one before has ended well.`}
      </p>
      {[...warnings].map(([name, those]) => (
        <Checkbox
          key={name}
          label={`${name}: warns for ${those.length} of ${checked.tasks.length}. I have read this and go on in spite of it.`}
          checked={confirmed.includes(name)}
          onChange={(event) => setConfirmed(event.currentTarget.checked ? [...confirmed, name] : confirmed.filter((each) => each !== name))}
        />
      ))}
      {blocked.length > 0 && (
        <Reasons
          label={`${counted(blocked.length, "removal")} blocked, left where they are`}
          reasons={blocked.map(({ label, blocks }) => ({ text: `${label}: ${blocks.join(", ")}` }))}
        />
      )}
      {unread.length > 0 && ready.length > 0 && (
        <p className={classes.dim}>{counted(unread.length, "removal")} with other warnings stay where they are.</p>
      )}
      {checked.leftOut > 0 && (
        <p className={classes.dim}>{counted(checked.leftOut, "removal")} that you decided yourself are for somebody else to start.</p>
      )}
      {checked.tasks.length === MAX_BATCH && <p className={classes.dim}>At most {MAX_BATCH} go at once: start the rest afterwards.</p>}
      <NumberInput
        label="Stop when so many go wrong"
        description="Counts what could not be taken back, and what had to be put back."
        value={stopAfter}
        min={1}
        max={100}
        onChange={(value) => setStopAfter(Math.max(1, Number(value) || 1))}
      />
      <div className={classes.buttons}>
        <ConfirmButton
          title="Begin the removals"
          consequence={`The first of ${counted(ready.length, "removal")} is taken back now. You confirm that it is you.`}
          action={startBatchAction}
          input={{ campaignId, sourceId, confirmed: [...confirmed], stopAfter }}
          isDestructive
          disabled={ready.length === 0}
          onDone={() => {
            onStarted();
            toastDone("Begun: the first step is under way");
          }}
        >
          {ready.length === 1 ? "Remove it" : "Begin with one"}
        </ConfirmButton>
      </div>
    </div>
  );
}
