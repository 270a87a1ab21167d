// npm start, npm run dev, npm test, npm run bench, torture and backup: makes a fresh clone ready, then runs the verb on the pinned Node.
import { main, prepare, Refusal, runPinned } from "./prepare.js";

const SCRIPTS = {
  start: "cli/start.ts",
  dev: "cli/dev.ts",
  test: "cli/test.ts",
  bench: "bench/run.ts",
  torture: "bench/torture/run.ts",
  backup: "cli/backup.ts",
};

await main(async () => {
  const [verb = "", ...args] = process.argv.slice(2);
  const script = SCRIPTS[verb];
  if (!script) throw new Refusal(`Usage: node cli/launcher.js ${Object.keys(SCRIPTS).join(" | ")}`);
  // bench --json prints one object a line on stdout, so progress is not for stdout.
  const node = await prepare((line) => console.error(line));
  return runPinned(node, script, args);
});
