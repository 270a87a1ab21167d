import { expect, it } from "vitest";
import { playwrightOutcome, sum, vitestOutcome } from "./outcome.ts";

const vitest = (numPassedTests: number, numFailedTests: number, testResults: unknown[] = []) => ({
  numPassedTests,
  numFailedTests,
  numPendingTests: 0,
  testResults,
});

it("counts what vitest counted", () => {
  expect(vitestOutcome(vitest(7, 2), 1)).toEqual({ passed: 7, failed: 2, skipped: 0 });
});

it("counts a test file that could not be loaded as a failure", () => {
  expect(vitestOutcome(vitest(3, 0, [{ status: "failed", assertionResults: [] }]), 1)).toMatchObject({ passed: 3, failed: 1 });
});

it("counts a runner that ended badly without a failed test as a failure", () => {
  expect(vitestOutcome(vitest(3, 0), 1)).toMatchObject({ passed: 3, failed: 1 });
  expect(playwrightOutcome({ stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 0 } }, null)).toMatchObject({ passed: 2, failed: 1 });
});

it("counts a runner without a report as a failure, however it ended", () => {
  expect(vitestOutcome(null, 0)).toMatchObject({ passed: 0, failed: 1 });
  expect(playwrightOutcome(null, 0)).toMatchObject({ passed: 0, failed: 1 });
});

it("counts a test that passed only when asked again as a failure", () => {
  expect(playwrightOutcome({ stats: { expected: 4, unexpected: 0, flaky: 1, skipped: 0 } }, 0)).toMatchObject({ passed: 4, failed: 1 });
});

it("adds up", () => {
  expect(sum([vitestOutcome(vitest(7, 2), 1), vitestOutcome(vitest(1, 0), 0)])).toEqual({ passed: 8, failed: 2, skipped: 0 });
});
