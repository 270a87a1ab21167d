import { describe, expect, it } from "vitest";
import { type IdentityNames, nameTokens, type PersonNames, PROPOSE_FROM, proposalFor } from "./matching.ts";

const ada: PersonNames = { name: "Ada Price", userName: "aprice", mail: "ada.price@corp.example" };
const identity = (over: Partial<IdentityNames>): IdentityNames => ({ name: "someone", login: null, mail: null, ...over });

it.each<[string, IdentityNames, number, number | null, string | null]>([
  [
    "the same name and login",
    identity({ name: "Price, Ada", login: "APRICE" }),
    0,
    95,
    "the same name, the login is the person's user name",
  ],
  ["the same name alone", identity({ name: "ada price" }), 0, 55, "the same name"],
  ["the same name, two people of it", identity({ name: "ada price" }), 1, null, null],
  ["the login alone", identity({ login: "aprice" }), 0, 50, "the login is the person's user name"],
  [
    "a login that is the mail's first part",
    identity({ login: "ada.price" }),
    0,
    40,
    "the login is the first part of the person's mail address",
  ],
  ["an abbreviation alone", identity({ login: "pricea" }), 0, null, null],
  [
    "an abbreviation and the name",
    identity({ name: "Ada Price", login: "pricea" }),
    0,
    75,
    "the same name, the login abbreviates the name",
  ],
  ["nothing in common", identity({ name: "Bo Lund", login: "blund" }), 0, null, null],
  ["an empty login and name", identity({ name: "--", login: "" }), 0, null, null],
])("%s", (_name, given, rivals, score, why) => {
  const proposal = proposalFor(given, ada, rivals);
  expect(proposal?.score ?? null).toBe(score);
  expect(proposal?.why ?? null).toBe(why);
});

describe("a proposal", () => {
  it("never reaches the certainty of a match, and is never below its floor", () => {
    const most = proposalFor({ name: "Ada Price", login: "aprice", mail: "ada.price@other.example" }, ada, 0);
    expect(most?.score).toBe(95);
    expect(PROPOSE_FROM).toBeLessThan(95);
  });
  it("says how many others fit", () => {
    expect(proposalFor({ name: "Ada Price", login: "aprice", mail: null }, ada, 1)?.why).toMatch(/; 1 other person fits as well$/);
  });
});

it("reads names without accents, case, punctuation and order", () => {
  expect(nameTokens("GARCÍA-Núñez, Ana")).toEqual(nameTokens("ana garcia nunez"));
});
