import { readFileSync } from "node:fs";

/** What one step of the test run came to. */
export type Outcome = { passed: number; failed: number; skipped: number };

const NONE: Outcome = { passed: 0, failed: 0, skipped: 0 };

export const sum = (outcomes: readonly Outcome[]): Outcome =>
  outcomes.reduce(
    (all, one) => ({ passed: all.passed + one.passed, failed: all.failed + one.failed, skipped: all.skipped + one.skipped }),
    NONE,
  );

/** A step that is one test: a linter, a compiler, a check. */
export const single = (code: number | null): Outcome => ({ ...NONE, [code === 0 ? "passed" : "failed"]: 1 });

/** A runner that ended badly although no test of its failed did so for a reason of its own: that counts as one. */
const honest = (outcome: Outcome, code: number | null): Outcome =>
  code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
};

export function vitestOutcome(report: unknown, code: number | null): Outcome {
  if (report === null) return single(code || 1);
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = report as VitestReport;
  const unloadable = testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0).length;
  return honest({ passed: numPassedTests, failed: numFailedTests + unloadable, skipped: numPendingTests }, code);
}

type PlaywrightReport = { stats: { expected: number; unexpected: number; flaky: number; skipped: number } };

/** A flaky test passed only when asked again: a failure. */
export function playwrightOutcome(report: unknown, code: number | null): Outcome {
  if (report === null) return single(code || 1);
  const { expected, unexpected, flaky, skipped } = (report as PlaywrightReport).stats;
  return honest({ passed: expected, failed: unexpected + flaky, skipped }, code);
}

/** A runner's JSON report, or null when it wrote none. */
export function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
