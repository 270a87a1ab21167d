import { expect, it } from "vitest";
import { silenceDid, silenceWill } from "./silence-words.ts";

const none = { suspend: 0, revoke: 0, keep: 0, security: 0, unanswered: 0 };

it("says what silence will do, and did, naming only what there is", () => {
  expect(silenceWill({ suspend: 3, revoke: 12, keep: 40, security: 2, unanswered: 0 })).toBe(
    "suspend 3, revoke 12, keep 40 and leave 2 to security",
  );
  expect(silenceDid({ ...none, keep: 1, unanswered: 4 })).toBe("kept 1 and left 4 unanswered");
  expect(silenceDid({ ...none, revoke: 1 })).toBe("revoked 1");
  expect(silenceWill(none)).toBe("");
});
