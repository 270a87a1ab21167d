"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { ScopesTable } from "#components/connectors/scopes-table.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import type { Scope } from "#lib/connectors/contract.ts";
import { testSourceAction } from "#lib/ingest/actions.ts";
import type { SourceTest } from "#lib/ingest/commands/test-source.ts";
import classes from "./ingest.module.css";

type TestButtonProps = {
  sourceId: string;
  canTest: boolean;
  /** As the last run that asked found them. */
  scopes: readonly Scope[];
  /** A file needs nobody's permission to be read. */
  hasScopes: boolean;
};

/** "Can I read what I need, and which scopes are missing?" asked of the source itself. */
export function TestButton({ sourceId, canTest, scopes, hasScopes }: TestButtonProps) {
  const [test, setTest] = useState<SourceTest | null>(null);
  const { run, isRunning, failure } = useAction(testSourceAction, { onDone: setTest, onFailed: () => setTest(null) });
  const shown = test?.declared?.scopes ?? scopes;
  return (
    <div className={classes.stack}>
      {canTest && (
        <div className={classes.bar}>
          <Button variant="default" loading={isRunning} onClick={() => run({ sourceId })}>
            Test the source
          </Button>
        </div>
      )}
      <div aria-live="polite">
        {test && <Answer test={test} />}
        {failure && <ToneText tone="warning">{failure.message}</ToneText>}
      </div>
      {test?.problem && shown.length > 0 && <p className={classes.dimmed}>The scopes as the last run found them:</p>}
      {shown.length > 0 && <ScopesTable scopes={shown} caption="Scopes of the reader" />}
      {shown.length === 0 && (
        <p className={classes.dimmed}>
          {hasScopes
            ? "Which scopes its reader holds is unknown until it is tested or read."
            : "Files are read as they lie: they need no scopes."}
        </p>
      )}
    </div>
  );
}

function Answer({ test: { ok, problem, declared } }: { test: SourceTest }) {
  if (problem) return <ToneText tone="danger">{problem}</ToneText>;
  return (
    <p>
      {ok ? (
        <ToneText tone="verified">Everything that is needed can be read.</ToneText>
      ) : (
        <ToneText tone="warning">It answers, and something needed is missing.</ToneText>
      )}{" "}
      {declared && `${declared.product}, read as ${declared.account}.`}
    </p>
  );
}
