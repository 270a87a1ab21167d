"use client";

import { FileButton } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { bytesText } from "#components/connectors/bytes-text.ts";
import { Moment } from "#components/ui/moment.tsx";
import { SmallButton } from "#components/ui/small-button.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import type { ProofRow } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";

const MAX_BYTES = 5 * 1024 * 1024;
const UNREACHABLE = "The server could not be reached. Nothing was kept; try again.";

/** Files that show what was done by hand, each with its digest; they go into the evidence. */
export function Proofs({ remediationId, proofs, canAdd }: { remediationId: string; proofs: readonly ProofRow[]; canAdd: boolean }) {
  const router = useRouter();
  const [failure, setFailure] = useState<string | null>(null);
  const [isSending, start] = useTransition();
  const send = (file: File | null) => {
    if (!file) return;
    if (file.size > MAX_BYTES)
      return setFailure(`${file.name} has ${bytesText(file.size)}: at most 5 MiB are kept. Take a smaller picture, or an extract.`);
    start(async () => {
      const told = await upload(remediationId, file);
      setFailure(told);
      if (told !== null) return;
      toastDone(`Kept ${file.name}`);
      router.refresh();
    });
  };
  if (proofs.length === 0 && !canAdd) return null;
  return (
    <div className={classes.proof}>
      <h3 className={classes.filesHeading}>Files that prove it</h3>
      {proofs.length > 0 && (
        <ul className={classes.proofs}>
          {proofs.map(({ id, name, size, sha256, uploadedAt, uploadedByName }) => (
            <li key={id}>
              <a href={`/api/v1/remediations/${remediationId}/proofs/${id}`} download title={`SHA-256 ${sha256}`}>
                {name}
              </a>{" "}
              <span className={classes.dim}>
                {bytesText(size)}, by {uploadedByName ?? "somebody"} <Moment at={uploadedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {canAdd && (
        <div className={classes.buttons}>
          <FileButton onChange={send} accept=".png,.jpg,.jpeg,.pdf,.txt,.log,.csv,.json">
            {(props) => (
              <SmallButton {...props} disabled={isSending}>
                {isSending ? "Sending…" : "Add a file"}
              </SmallButton>
            )}
          </FileButton>
        </div>
      )}
      {failure && (
        <p className={classes.failure} role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}

/** null when it was kept; else why it was not, in words. */
async function upload(remediationId: string, file: File): Promise<string | null> {
  try {
    const answer = await fetch(`/api/v1/remediations/${remediationId}/proofs?${new URLSearchParams({ name: file.name })}`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream", "idempotency-key": crypto.randomUUID() },
      body: file,
    });
    if (answer.ok) return null;
    const problem: unknown = await answer.json().catch(() => null);
    return typeof problem === "object" && problem !== null && "detail" in problem ? String(problem.detail) : UNREACHABLE;
  } catch {
    return UNREACHABLE;
  }
}
