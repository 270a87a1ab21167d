import { describe, expect, it } from "vitest";
import type { Found, Met } from "./met.ts";
import { backOf, backText, reviewablesOf } from "./regrowth.ts";

const key: Found = { what: "old-key is still the old one", by: { kind: "credential", id: "k" } };
const trust: Found = { what: "repo:acme/* may still assume it", by: { kind: "trust", id: "t" } };
const direct: Found = { what: "admin is still held directly", by: { kind: "grant", id: "g" } };
const enabled: Found = { what: "the identity is still active", by: null };

it.each<[string, Met, readonly Found[]]>([
  ["what is as decided", { kind: "met" }, []],
  ["what nobody tells", { kind: "unknown", why: "The source does not tell." }, []],
  ["what is only missing", { kind: "still", what: ["there is no trust"], found: [] }, []],
  ["what is there though it was to go", { kind: "still", what: [key.what, "there is no newer credential"], found: [key] }, [key]],
])("of %s this much is back", (_name, met, expected) => expect(backOf(met)).toEqual(expected));

describe("the follow-up", () => {
  it.each([
    ["the grants that bring it", [direct, direct], ["grant g"]],
    ["a credential and a trust", [key, trust], ["credential k", "trust t"]],
    ["the identity itself, where nothing less shows it", [enabled, enabled], ["identity n"]],
  ])("asks about %s, once", (_name, found, expected) => {
    expect(reviewablesOf(found, "n").map(({ kind, id }) => `${kind} ${id}`)).toEqual(expected);
  });

  it("asks about nothing where the identity is not known", () => expect(reviewablesOf([enabled], null)).toEqual([]));
});

it("says what is there again", () => {
  expect(backText([enabled, key])).toBe("There again: the identity is active; old-key is the old one.");
});
