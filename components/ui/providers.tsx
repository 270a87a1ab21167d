"use client";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { type ReactNode, useState } from "react";
import { type Preferences, PreferencesProvider } from "./preferences.tsx";
import { cssVariablesResolver, theme } from "./theme.ts";

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
  const [queries] = useState(
    () => new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, refetchOnWindowFocus: false, retry: 1 } } }),
  );
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto" getStyleNonce={() => firstNonce}>
      <QueryClientProvider client={queries}>
        <PreferencesProvider initial={preferences}>
          {children}
          <Notifications position="bottom-right" limit={3} />
        </PreferencesProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
