"use client";

import { MantineProvider } from "@mantine/core";
import { setNonce } from "get-nonce";
import { type ReactNode, useState } from "react";
import { type Preferences, PreferencesProvider } from "./preferences.tsx";
import { cssVariablesResolver, theme } from "./theme.ts";
import { Toasts } from "./toasts.tsx";

type ProvidersProps = { nonce: string; preferences: Preferences; children: ReactNode };

/**
 * The browser checks styles against the policy of the document it loaded, while later navigations bring new nonces:
 * the first one is kept for as long as the document lives.
 */
export function Providers({ nonce, preferences, children }: ProvidersProps) {
  const [firstNonce] = useState(() => {
    if (typeof window !== "undefined") setNonce(nonce);
    return nonce;
  });
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto" getStyleNonce={() => firstNonce}>
      <PreferencesProvider initial={preferences}>
        {children}
        <Toasts />
      </PreferencesProvider>
    </MantineProvider>
  );
}
