#!/usr/bin/env node
// The command line on whatever Node the machine has: makes the clone ready, then runs cli/main.ts on the pinned Node.
import { main, prepare, runPinned } from "./prepare.js";

await main(async () => {
  const node = await prepare((line) => console.error(line));
  return runPinned(node, "cli/main.ts", process.argv.slice(2));
});
