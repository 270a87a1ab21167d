import { availableParallelism } from "node:os";
import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

// A zone with an odd offset: what silently assumes UTC or whole hours fails here.
process.env.TZ = "Asia/Kathmandu";

const ignored = ["**/node_modules/**", "**/.next*/**", "**/.data/**", "e2e/**"];

/** "module" is a bundler's word: what it leads to is not always something that Node can load. */
const serverConditions = defaultServerConditions.filter((each) => each !== "module");

const every = {
  // What Next itself takes on the server; the other one needs a React with hooks.
  resolve: { alias: { "next/navigation": "next/dist/api/navigation.react-server.js" } },
  ssr: { resolve: { conditions: ["react-server", ...serverConditions], externalConditions: ["react-server"] } },
};
const process_ = { pool: "forks" as const, execArgv: ["--conditions=react-server"], env: { TZ: "Asia/Kathmandu" } };

export default defineConfig({
  test: {
    // Most of a database test is waiting for the database.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        ...every,
        test: { ...process_, name: "unit", include: ["**/*.test.ts"], exclude: [...ignored, "**/*.db.test.ts"], testTimeout: 60_000 },
      },
      {
        ...every,
        test: {
          ...process_,
          name: "db",
          include: ["**/*.db.test.ts"],
          // The supervisor always runs the embedded one.
          exclude: process.env.TEST_POSTGRES ? [...ignored, "lib/db/embedded/**"] : ignored,
          globalSetup: ["lib/testing/cluster.ts"],
          // Only a hang takes so long: disks differ by more than tests should notice.
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
