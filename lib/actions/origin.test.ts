import { expect, it } from "vitest";
import { cleanInput } from "./clean-input.ts";
import { originRefusal } from "./origin.ts";
import { bindingOf } from "./perform.ts";

const OWN = "https://countersign.example";

it.each<[string, Record<string, string>, boolean, boolean]>([
  ["our own page", { origin: OWN, "sec-fetch-site": "same-origin" }, false, true],
  ["our own page in an old browser", { origin: OWN }, false, true],
  ["a same-origin mark without Origin", { "sec-fetch-site": "same-origin" }, false, true],
  ["no mark at all", {}, false, false],
  ["no mark at all, where programs may call", {}, true, true],
  ["another site, where programs may call", { origin: "https://evil.example" }, true, false],
  ["Origin: null", { origin: "null", "sec-fetch-site": "same-origin" }, true, false],
  ["a sister host", { origin: "https://evil.countersign.example", "sec-fetch-site": "same-site" }, false, false],
  ["our host over plain http", { origin: "http://countersign.example" }, false, false],
  ["a name that begins like ours", { origin: "https://countersign.example.evil.test" }, false, false],
  ["a typed address", { origin: OWN, "sec-fetch-site": "none" }, false, false],
])("a change from %s", (_name, headers, mayBeNoBrowser, isTaken) => {
  expect(originRefusal(new Headers(headers), OWN, mayBeNoBrowser) === null).toBe(isTaken);
});

it("cleans strings wherever they stand and leaves everything else", () => {
  const given = { a: "x\u0000y", b: ["\ud800", { c: "ok\udfff" }], d: 1, e: null, f: true };
  expect(cleanInput(given)).toEqual({ a: "xy", b: ["\ufffd", { c: "ok\ufffd" }], d: 1, e: null, f: true });
});

it("binds a confirmation to the action and to its input, in whatever order it is written", () => {
  const key = "a key of the instance";
  const bound = bindingOf({ name: "campaign.sign_off", input: { campaignId: "1", note: "x" } }, key);
  expect(bound).toMatch(/^[0-9a-f]{64}$/);
  expect(bindingOf({ name: "campaign.sign_off", input: { note: "x", campaignId: "1" } }, key)).toBe(bound);
  expect(bindingOf({ name: "campaign.sign_off", input: { campaignId: "1", note: "x", more: undefined } }, key)).toBe(bound);
  for (const [name, input] of [
    ["campaign.reopen", { campaignId: "1", note: "x" }],
    ["campaign.sign_off", { campaignId: "2", note: "x" }],
    ["campaign.sign_off", { campaignId: "1" }],
    ["campaign.sign_off", { campaignId: 1, note: "x" }],
  ] as const)
    expect(bindingOf({ name, input }, key)).not.toBe(bound);
  expect(bindingOf({ name: "campaign.sign_off", input: { campaignId: "1", note: "x" } }, "another key")).not.toBe(bound);
});
