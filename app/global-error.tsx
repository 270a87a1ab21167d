"use client";

import type { CSSProperties } from "react";

const page: CSSProperties = {
  maxWidth: 560,
  margin: "96px auto",
  padding: "0 16px",
  fontFamily: "system-ui, sans-serif",
  colorScheme: "light dark",
};

/** Stands in when even the frame cannot be drawn, so it needs nothing: no theme, no provider, no stylesheet. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = typeof error === "object" && error !== null && "digest" in error ? String(error.digest) : null;
  return (
    <html lang="en">
      <body>
        <title>Countersign could not start this page</title>
        <main style={page}>
          <h1>Countersign could not start this page</h1>
          <p>
            Nothing was changed. Try again in a moment; if it stays, tell an administrator of Countersign{digest ? " this reference:" : "."}
          </p>
          {digest && <code>{digest}</code>}
          <p>
            <button type="button" onClick={retry}>
              Try again
            </button>
          </p>
        </main>
      </body>
    </html>
  );
}
