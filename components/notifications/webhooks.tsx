"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { EmptyState } from "#components/ui/states.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { removeEndpointAction, rotateSecretAction, testEndpointAction, testMailAction } from "#lib/notifications/actions.ts";
import type { EndpointRow } from "#lib/notifications/types.ts";
import { SecretShown } from "./add-webhook.tsx";
import classes from "./inbox.module.css";
import { KIND_WORDS } from "./kind-words.ts";

type Tested = { ok: boolean; response: string };

export function Webhooks({ rows }: { rows: readonly EndpointRow[] }) {
  if (rows.length === 0)
    return (
      <EmptyState title="No webhook" why="A webhook tells a chat, a pager or a ticket system what is told to people, signed and retried." />
    );
  return (
    <ul className={classes.lines}>
      {rows.map((row) => (
        <Webhook key={row.id} row={row} />
      ))}
    </ul>
  );
}

function Webhook({ row }: { row: EndpointRow }) {
  const [secret, setSecret] = useState<string | null>(null);
  const kinds =
    row.kinds.length === 0 ? "everything" : row.kinds.map((kind) => (KIND_WORDS as Record<string, string>)[kind] ?? kind).join(", ");
  return (
    <li className={classes.line}>
      <span className={classes.about}>
        <span>
          {row.name} {row.failed > 0 && <Badge tone="warning">{counted(row.failed, "failed call")}</Badge>}
        </span>
        <span>{row.url}</span>
        <span>
          Called for: {kinds}. In seven days {counted(row.accepted, "call")} taken, {row.waiting} waiting. Last answer:{" "}
          {row.lastResponse ?? "none yet"}.
          {row.previousUntil && (
            <>
              {" "}
              The secret before signs too until <Moment at={row.previousUntil} show="due" />.
            </>
          )}
        </span>
      </span>
      <span className={classes.buttons}>
        <TestButton label="Test it" action={() => testEndpointAction({ endpointId: row.id })} />
        <ConfirmButton
          size="xs"
          variant="default"
          title={`Change the secret of ${row.name}`}
          consequence="A new secret is made and shown once. Calls are signed by both for a day, so that the receiver can change over."
          action={rotateSecretAction}
          input={{ endpointId: row.id }}
          onDone={(made) => setSecret(made.secret)}
        >
          Change the secret
        </ConfirmButton>
        <ConfirmButton
          size="xs"
          variant="default"
          title={`Remove ${row.name}`}
          consequence="It is not called any more, and what waits for it is dropped. What it was told stays in the evidence. This cannot be undone."
          action={removeEndpointAction}
          input={{ endpointId: row.id }}
          onDone={() => toastDone(`Removed ${row.name}`)}
          isDestructive
        >
          Remove
        </ConfirmButton>
      </span>
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title={`The new secret of ${row.name}`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {secret && <SecretShown secret={secret} onKept={() => setSecret(null)} />}
      </Modal>
    </li>
  );
}

export const TestMail = () => <TestButton label="Send me a test mail" action={() => testMailAction({})} />;

/** The result stands beside the button: it is what it was pressed for. */
function TestButton({ label, action }: { label: string; action: () => ReturnType<typeof testMailAction> }) {
  const [result, setResult] = useState<Tested | null>(null);
  const testing = useAction((_nothing: Record<string, never>) => action(), { onDone: setResult });
  return (
    <span className={classes.buttons}>
      <Button size="xs" variant="default" loading={testing.isRunning} onClick={() => testing.run({})}>
        {label}
      </Button>
      <span role="status">
        {result && (result.ok ? <Badge tone="neutral">Taken: {result.response}</Badge> : <Badge tone="warning">{result.response}</Badge>)}
      </span>
    </span>
  );
}
