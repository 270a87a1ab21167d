import { describe, expect, it } from "vitest";
import { answerTerms, type GivenTerms, givenTerms } from "./answer-terms.ts";
import { ANSWERS, isTermed } from "./answers.ts";
import { resolveTerms, type TermFacts, termsMismatch } from "./terms.ts";
import { termsText } from "./terms-words.ts";

const now = new Date("2026-03-01T12:00:00Z");
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const named = (n: number, name: string) => ({ id: id(n), name });
const group = named(1, "release-team");
const deploy = named(2, "deploy prod");
const read = named(3, "read logs");
const grant: TermFacts = {
  kind: "grant",
  way: null,
  gives: [group, deploy, read],
  credentials: 1,
  people: [named(7, "Mara Lindt"), named(8, "Tom Berg")],
};
const trust: TermFacts = { ...grant, kind: "trust", way: { kind: "trust", subjectPattern: "repo:acme/*" }, gives: [] };
const credential: TermFacts = { ...grant, kind: "credential", way: { kind: "credential", subjectPattern: null }, gives: [] };

describe("terms are taken and named", () => {
  it.each<[string, GivenTerms, TermFacts, string]>([
    ["what stays, what goes", { answer: "reduce", stays: [id(3)] }, grant, "Stays: read logs. Goes: release-team, deploy prod."],
    ["a date ahead", { answer: "time_limit", until: "2026-04-01T00:00:00+02:00" }, grant, "Until 2026-03-31."],
    ["a rotation", { answer: "rotate" }, credential, "A newer credential, and the older one gone."],
    ["an end", { answer: "shorten", maxDays: 1 }, credential, "An end at most 1 day after it was made."],
    [
      "a trust by issuer",
      { answer: "federate", issuer: "https://ci" },
      credential,
      "A trust in https://ci in use, and no static credential.",
    ],
    ["whatever trust", { answer: "federate", issuer: null }, credential, "A trust in use, and no static credential."],
    ["fewer subjects", { answer: "narrow", subjectPattern: "repo:acme/app", stays: [] }, trust, "Only for subjects like repo:acme/app."],
    [
      "less access",
      { answer: "narrow", subjectPattern: null, stays: [id(1), id(3)] },
      grant,
      "Stays: release-team, read logs. Goes: deploy prod.",
    ],
    ["one each", { answer: "split" }, trust, "One identity for each pipeline."],
    ["people in office", { answer: "re_own", ownerId: id(7), backupOwnerId: id(8) }, grant, "Owner Mara Lindt, backup owner Tom Berg."],
    ["the end", { answer: "retire" }, grant, "The identity gone, or disabled without any access."],
  ])("%s", (_name, given, facts, words) => {
    const { terms, problem } = resolveTerms(given, facts, now);
    expect(problem).toBeNull();
    expect(answerTerms.parse(terms)).toEqual(terms);
    expect(terms && termsText(terms)).toBe(words);
  });
});

describe("terms are refused, naming the field", () => {
  it.each<[string, GivenTerms, TermFacts, string]>([
    ["everything stays", { answer: "reduce", stays: [id(1), id(2), id(3)] }, grant, "stays"],
    ["something stays that it never gave", { answer: "reduce", stays: [id(9)] }, grant, "stays"],
    ["there is nothing less to leave", { answer: "reduce", stays: [id(1)] }, { ...grant, gives: [group] }, "stays"],
    ["a date has passed", { answer: "time_limit", until: "2026-03-01T11:00:00Z" }, grant, "until"],
    ["no credential is known", { answer: "rotate" }, { ...grant, credentials: 0 }, "terms"],
    ["a chain starts with a trust", { answer: "shorten", maxDays: 30 }, { ...trust, kind: "chain" }, "terms"],
    ["a grant is narrowed by subject", { answer: "narrow", subjectPattern: "x", stays: [] }, grant, "subjectPattern"],
    ["a grant is narrowed to nothing", { answer: "narrow", subjectPattern: null, stays: [] }, grant, "stays"],
    ["a credential is narrowed", { answer: "narrow", subjectPattern: "x", stays: [] }, { ...credential, kind: "chain" }, "terms"],
    ["the subject is what it was", { answer: "narrow", subjectPattern: "repo:acme/*", stays: [] }, trust, "subjectPattern"],
    ["the owner has left", { answer: "re_own", ownerId: id(9), backupOwnerId: id(8) }, grant, "ownerId"],
    ["owner and backup are one", { answer: "re_own", ownerId: id(7), backupOwnerId: id(7) }, grant, "backupOwnerId"],
  ])("%s", (_name, given, facts, field) => {
    const { terms, problem } = resolveTerms(given, facts, now);
    expect([terms, problem?.field]).toEqual([null, field]);
  });

  it("where more would go than can be listed", () => {
    const gives = Array.from({ length: 1002 }, (_, n) => ({ id: `g${n}`, name: `g${n}` }));
    expect(resolveTerms({ answer: "reduce", stays: ["g0"] }, { ...grant, gives }, now).problem?.field).toBe("stays");
  });
});

it("says what exactly is asked for where the answer asks for something exact, and only there", () => {
  for (const answer of ANSWERS) {
    expect(termsMismatch(answer, null) === null).toBe(!isTermed(answer));
    expect(termsMismatch(answer, { answer: "split" }) === null).toBe(answer === "split");
  }
});

it("takes no term that is not its own", () => {
  expect(givenTerms.safeParse({ answer: "rotate", maxDays: 3 }).success).toBe(false);
  expect(givenTerms.safeParse({ answer: "shorten", maxDays: 0 }).success).toBe(false);
});
