"use client";

import { Button, Checkbox } from "@mantine/core";
import { IconCircleCheck, IconHandStop } from "@tabler/icons-react";
import { useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { executeRemediationAction, preflightRemediationAction } from "#lib/remediation/actions.ts";
import type { PreflightRow } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";

type Preflight = { checks: PreflightRow[]; statements: string[] };

/** What speaks against it stands first. */
const WEIGHT = { blocks: 0, warns: 1, ok: 2 } as const;

/** First the source is asked what taking this back would do, then a person reads it, and only then it can be done. */
export function ExecutePanel({ remediationId, label }: { remediationId: string; label: string }) {
  const [preflight, setPreflight] = useState<Preflight | null>(null);
  const [confirmed, setConfirmed] = useState<readonly string[]>([]);
  const { run, isRunning, failure } = useAction(preflightRemediationAction, {
    onDone: (found: Preflight) => {
      setPreflight({ ...found, checks: [...found.checks].sort((a, b) => WEIGHT[a.result] - WEIGHT[b.result]) });
      setConfirmed([]);
    },
    onFailed: () => undefined,
  });
  const warnings = preflight?.checks.filter(({ result }) => result === "warns") ?? [];
  const isBlocked = preflight?.checks.some(({ result }) => result === "blocks") ?? false;
  const isRead = warnings.every(({ name }) => confirmed.includes(name));
  return (
    <div className={classes.panel} aria-busy={isRunning}>
      <div className={classes.buttons}>
        <Button variant={preflight ? "default" : "filled"} loading={isRunning} onClick={() => run({ remediationId })}>
          {preflight ? "Check again" : "Check before executing"}
        </Button>
        {preflight && !isBlocked && (
          <ConfirmButton
            title="Take the access back in the source"
            consequence={
              <>
                <p>“{label}”</p>
                <p>
                  {preflight.statements.length === 1 ? "One statement is run" : `${preflight.statements.length} statements are run`} in the
                  source by its writing account. You confirm that it is you.
                </p>
              </>
            }
            action={executeRemediationAction}
            input={{ remediationId, confirmed: [...confirmed] }}
            isDestructive
            disabled={!isRead}
            onDone={() => {
              setPreflight(null);
              toastDone("Queued. The connector takes it back in a moment.");
            }}
          >
            Execute
          </ConfirmButton>
        )}
      </div>
      {failure && (
        <p className={classes.failure} role="alert">
          {failure.message}
        </p>
      )}
      {preflight && (
        <>
          <ul className={classes.checks} aria-label="Checks before executing">
            {preflight.checks.map((check) => (
              <Check
                key={check.name}
                check={check}
                isConfirmed={confirmed.includes(check.name)}
                onConfirm={(on) => setConfirmed(on ? [...confirmed, check.name] : confirmed.filter((name) => name !== check.name))}
              />
            ))}
          </ul>
          {isBlocked && <ToneText tone="danger">It cannot be executed: what blocks it has to be mended in the source first.</ToneText>}
          <h3 className={classes.heading}>What would be run</h3>
          {preflight.statements.length === 0 ? (
            <p>Nothing: the access is not there any more.</p>
          ) : (
            <pre className={classes.statements}>{preflight.statements.join(";\n")}</pre>
          )}
        </>
      )}
    </div>
  );
}

type CheckProps = { check: PreflightRow; isConfirmed: boolean; onConfirm: (on: boolean) => void };

function Check({ check, isConfirmed, onConfirm }: CheckProps) {
  const name = check.name.replaceAll("_", " ");
  return (
    <li className={classes.check}>
      {check.result === "ok" ? (
        <IconCircleCheck size={16} stroke={1.5} role="img" aria-label="Fine" className={classes.fine} />
      ) : (
        <IconHandStop
          size={16}
          stroke={1.5}
          role="img"
          aria-label={check.result === "warns" ? "Warns" : "Blocks"}
          className={check.result === "warns" ? classes.warns : classes.blocks}
        />
      )}
      <div>
        <strong>{name}</strong>: {check.detail}
        {check.result === "warns" && (
          <Checkbox
            size="xs"
            mt={4}
            label="I have read this and go on in spite of it"
            checked={isConfirmed}
            onChange={(event) => onConfirm(event.currentTarget.checked)}
          />
        )}
      </div>
    </li>
  );
}
