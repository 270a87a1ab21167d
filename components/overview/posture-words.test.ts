import { expect, it } from "vitest";
import { postureRowsParams } from "#lib/inventory/posture-rows.ts";
import { listTitle } from "./posture-words.ts";

it.each<[Record<string, string>, string]>([
  [{}, "People who left with live access"],
  [{ of: "leavers", status: "untold" }, "People of unknown status with live access"],
  [{ of: "grants", privileged: "yes" }, "Grants that give privileged access"],
  [{ of: "grants", privileged: "yes", used: "older" }, "Grants that give privileged access, last used over 90 days ago"],
  [{ of: "credentials", age: "unknown", lifetime: "never" }, "Credentials of unknown age, that never end"],
  [{ of: "factors", kind: "sms_or_voice" }, "Factors of the kind sms or voice"],
  [{ of: "people", factor: "none" }, "Identities of people without a factor"],
])("an address %o is called %s", (given, title) => expect(listTitle(postureRowsParams.parse(given))).toBe(title));

it("an address that says nothing sensible lists what matters most", () => {
  expect(postureRowsParams.parse({ of: "everything", used: "yesterday" })).toEqual({ of: "leavers" });
});
