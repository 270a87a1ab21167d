import { expect, it } from "vitest";
import { gapWords } from "./gap-words.ts";

it("says how many, where that was counted", () => {
  expect(gapWords({ code: "by_silence", lines: ["C2"], count: 1234 })).toBe("1\u202f234 items by silence");
  expect(gapWords({ code: "digest_differs", lines: [], count: null })).toBe("items or outcomes differ from what was signed");
});

it("names a gap that only a newer version knows by its code", () => {
  expect(gapWords({ code: "moon_phase", lines: [], count: 2 })).toBe("2 moon phase");
});
