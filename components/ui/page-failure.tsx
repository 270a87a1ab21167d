"use client";

import { Button } from "@mantine/core";
import { ErrorState } from "./states.tsx";

/** A page that could not be drawn. Reading changes nothing, so it can say that nothing was changed. */
export function PageFailure({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = typeof error === "object" && error !== null && "digest" in error ? String(error.digest) : undefined;
  return (
    <ErrorState isPage title="This page could not be shown" reference={digest} action={<Button onClick={retry}>Read it again</Button>}>
      <p>
        Reading it failed, and nothing was changed. Read it again in a moment; if it stays, tell an administrator of Countersign
        {digest ? " the reference below" : ""}.
      </p>
    </ErrorState>
  );
}
