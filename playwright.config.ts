import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const found = process.env.CHROMIUM ?? "/usr/bin/chromium";
const isRoot = process.getuid?.() === 0;

/** Against the built product, started on a data folder of its own by e2e/global-setup.ts, which also says where it is. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  globalSetup: "./e2e/global-setup.ts",
  outputDir: "test-results",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // A file is one story after another; two files beside each other make users, sources and campaigns of their own.
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  use: {
    // An action that waits longer than an expectation is a failed one; the test's whole time is for its steps.
    actionTimeout: 15_000,
    // Set by the global setup; each worker reads this file again after it.
    ...(process.env.BASE_URL ? { baseURL: process.env.BASE_URL } : {}),
    locale: "en-GB",
    timezoneId: "Asia/Kathmandu",
    trace: "retain-on-failure",
    launchOptions: {
      ...(existsSync(found) ? { executablePath: found } : {}),
      args: [
        ...(isRoot ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [{ name: "chromium", use: { browserName: "chromium" } }],
});
