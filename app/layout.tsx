import "./globals.css";
import "@mantine/core/styles.layer.css";
import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import type { Preferences } from "#components/ui/preferences.tsx";
import { Providers } from "#components/ui/providers.tsx";

export const metadata: Metadata = {
  title: { default: "Countersign", template: "%s · Countersign" },
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1, viewportFit: "cover", colorScheme: "light dark" };

async function readPreferences(): Promise<Preferences> {
  const jar = await cookies();
  const density = jar.get("density")?.value === "compact" ? "compact" : "comfortable";
  return {
    zone: knownZone(jar.get("zone")?.value),
    density,
    shortcuts: jar.get("shortcuts")?.value !== "off",
    minutesDone: (jar.get("minutes")?.value ?? "").split(" ").filter(Boolean),
    now: new Date().toISOString(),
  };
}

/** A cookie is input: a zone that this runtime does not know is UTC. */
function knownZone(told: string | undefined): string {
  if (!told) return "UTC";
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: told }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? "";
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript nonce={nonce} defaultColorScheme="auto" />
      </head>
      <body>
        <Providers nonce={nonce} preferences={await readPreferences()}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
