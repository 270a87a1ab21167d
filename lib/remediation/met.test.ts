import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerTerms } from "#lib/campaigns/answer-terms.ts";
import {
  type Asked,
  covers,
  type HeldBy,
  type LiveCredential,
  type LivePerson,
  type LiveTrust,
  type Met,
  metBy,
  type Seen,
  type When,
} from "./met.ts";
import type { RemediationKind } from "./types.ts";

const day = (number: number) => new Date(Date.UTC(2026, 2, number));
const on = (number: number): When => ({ kind: "value", at: day(number) });
const NEVER: When = { kind: "never", at: null };
const UNKNOWN: When = { kind: "unknown", at: null };
const DECIDED = day(1);
const APPLIED = day(5);

const mara: LivePerson = { id: "mara", name: "Mara Lindt", inOffice: true };
const tom: LivePerson = { id: "tom", name: "Tom Berg", inOffice: true };
const identity: NonNullable<Seen["identity"]> = {
  isGone: false,
  status: "active",
  grants: 2,
  owner: mara,
  backupOwner: null,
  lastUsed: on(4),
};
const key: LiveCredential = {
  id: "k1",
  name: "AKIA1",
  kind: "key",
  isSubject: true,
  isNew: false,
  created: on(-400),
  expires: NEVER,
  rotated: UNKNOWN,
};
const newKey: LiveCredential = { ...key, id: "k2", name: "AKIA2", isSubject: false, isNew: true, created: on(4) };
const otherKey: LiveCredential = { ...key, id: "k3", name: "AKIA3", isSubject: false };
const trust: LiveTrust = { id: "t1", issuer: "https://ci", subjectPattern: "repo:acme/*", isSubject: true, isNew: false };
const direct: HeldBy = { grantId: "g1", name: "admin", depth: 0, expires: NEVER };
const byGroup: HeldBy = { grantId: "g2", name: "release-team", depth: 2, expires: NEVER };
const base: Seen = { identity, heldBy: [], credentials: [], trusts: [] };

type Case = [string, Asked["about"], Partial<Seen>, Met["kind"]];
const judge = (kind: RemediationKind, terms: AnswerTerms | null, about: Asked["about"], seen: Partial<Seen>): Met =>
  metBy({ kind, terms, about, decidedAt: DECIDED, appliedAt: APPLIED }, { ...base, ...seen });
const gone: Partial<Seen> = { identity: { ...identity, isGone: true } };
const named = (id: string, name = id) => ({ id, name });

describe("revoke", () => {
  it.each<Case>([
    ["is proven by no way left", "grant", {}, "met"],
    ["is not proven while it is held directly", "grant", { heldBy: [direct] }, "still"],
    ["is not proven while it is held through others", "grant", { heldBy: [byGroup] }, "still"],
    ["of a credential is proven by its absence, whatever others there are", "credential", { credentials: [otherKey] }, "met"],
    ["of a credential is not proven while it is there", "credential", { credentials: [key] }, "still"],
    ["of a trust is proven by its absence", "trust", { trusts: [{ ...trust, isSubject: false }] }, "met"],
    ["of a trust is not proven while it is there", "trust", { trusts: [trust] }, "still"],
    ["is proven by the identity being gone", "grant", gone, "met"],
    ["proves nothing where the identity is not known", "grant", { identity: null }, "unknown"],
  ])("%s", (_name, about, seen, expected) => expect(judge("revoke", null, about, seen).kind).toBe(expected));
});

describe("suspend", () => {
  it.each<Case>([
    ["is proven by the identity being disabled", "grant", { identity: { ...identity, status: "disabled" }, heldBy: [direct] }, "met"],
    ["is proven by the access being gone", "grant", {}, "met"],
    ["is not proven while an active identity holds it", "grant", { heldBy: [direct] }, "still"],
    ["of an identity is not proven while it is active", "identity", {}, "still"],
  ])("%s", (_name, about, seen, expected) => expect(judge("suspend", null, about, seen).kind).toBe(expected));
});

describe("retire", () => {
  it.each<Case>([
    ["is proven by the identity being gone", "identity", gone, "met"],
    ["is proven by a disabled identity without grants", "identity", { identity: { ...identity, status: "disabled", grants: 0 } }, "met"],
    ["is not proven while a disabled identity holds grants", "identity", { identity: { ...identity, status: "disabled" } }, "still"],
    ["is not proven while it is active, though it holds nothing", "identity", { identity: { ...identity, grants: 0 } }, "still"],
    ["is not proven by a status that nobody tells", "grant", { identity: { ...identity, status: "unknown", grants: 0 } }, "still"],
  ])("%s", (_name, about, seen, expected) => expect(judge("retire", { answer: "retire" }, about, seen).kind).toBe(expected));
});

describe("reduce, and narrow of a grant", () => {
  const sets = { stays: [named("read")], ends: [named("admin")] };
  it.each<Case>([
    ["is proven by nothing of what goes being held", "grant", {}, "met"],
    ["is not proven while some of it is held", "grant", { heldBy: [byGroup] }, "still"],
  ])("%s", (_name, about, seen, expected) => {
    expect(judge("reduce", { answer: "reduce", ...sets }, about, seen).kind).toBe(expected);
    expect(judge("narrow", { answer: "narrow", subjectPattern: null, ...sets }, about, seen).kind).toBe(expected);
  });
});

describe("narrow of a trust", () => {
  const terms: AnswerTerms = { answer: "narrow", subjectPattern: "repo:acme/app:*", stays: [], ends: [] };
  it.each<Case>([
    ["is proven by the pattern asked for", "trust", { trusts: [{ ...trust, subjectPattern: "repo:acme/app:*" }] }, "met"],
    ["is proven by a narrower one", "trust", { trusts: [{ ...trust, subjectPattern: "repo:acme/app:ref:refs/heads/main" }] }, "met"],
    ["is proven by the trust being gone", "trust", {}, "met"],
    ["is not proven by the pattern that it had", "trust", { trusts: [trust] }, "still"],
    ["is not proven by a trust without a pattern", "trust", { trusts: [{ ...trust, subjectPattern: null }] }, "still"],
    [
      "is not proven where a new trust is as wide as the old one",
      "trust",
      { trusts: [{ ...trust, isSubject: false, isNew: true }] },
      "still",
    ],
    ["does not ask about other trusts that were there before", "trust", { trusts: [{ ...trust, isSubject: false }] }, "met"],
  ])("%s", (_name, about, seen, expected) => expect(judge("narrow", terms, about, seen).kind).toBe(expected));

  it.each<[string, string | null, boolean]>([
    ["repo:acme/app:*", "repo:acme/app:ref:refs/heads/*", true],
    ["repo:acme/app:*", "repo:acme/*:*", false],
    ["repo:acme/a?p", "repo:acme/app", true],
    ["repo:acme/a?p", "repo:acme/a*p", false],
    ["repo:acme/app", "repo:acme/app2", false],
    ["repo:acme.app", "repo:acmeXapp", false],
    ["*", null, true],
    ["repo:*", null, false],
  ])("%s admits all that %s does: %s", (outer, inner, expected) => expect(covers(outer, inner)).toBe(expected));

  it("never calls a pattern narrower that admits anything that the other does not", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", ":"), maxLength: 5 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?"), maxLength: 5 });
    fc.assert(
      fc.property(pattern, pattern, text, (outer, inner, subject) => {
        expect(covers(inner, inner)).toBe(true);
        return !covers(outer, inner) || !covers(inner, subject) || covers(outer, subject);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("rotate", () => {
  it.each<Case>([
    ["is proven by a newer credential and the older one gone", "credential", { credentials: [newKey, otherKey] }, "met"],
    ["is not proven while the older one is there", "credential", { credentials: [key, newKey] }, "still"],
    ["is not proven by its absence alone", "credential", { credentials: [otherKey] }, "still"],
    [
      "is proven where the source says that the same one was rotated since",
      "credential",
      { credentials: [{ ...key, rotated: on(4) }] },
      "met",
    ],
    ["is not proven by a rotation before the decision", "credential", { credentials: [{ ...key, rotated: on(-3) }] }, "still"],
    ["of a grant is proven only once every older credential is gone", "grant", { credentials: [newKey] }, "met"],
    ["of a grant is not proven while any older one is there", "grant", { credentials: [newKey, otherKey] }, "still"],
    [
      "proves nothing of a password that the source says nothing about",
      "credential",
      { credentials: [{ ...key, kind: "password" }] },
      "unknown",
    ],
  ])("%s", (_name, about, seen, expected) => expect(judge("rotate", { answer: "rotate" }, about, seen).kind).toBe(expected));
});

describe("shorten", () => {
  const terms: AnswerTerms = { answer: "shorten", maxDays: 30 };
  const made = (expires: When, created: When = on(4)): Partial<Seen> => ({ credentials: [{ ...newKey, created, expires }] });
  it.each<Case>([
    ["is proven by an expiry within the limit", "credential", made(on(34)), "met"],
    ["is not proven by an expiry a day beyond it", "credential", made(on(35)), "still"],
    ["is not proven where it never expires", "credential", made(NEVER), "still"],
    ["proves nothing where the expiry is not told", "credential", made(UNKNOWN), "unknown"],
    ["counts from when it was done where its age is not known", "credential", made(on(35), UNKNOWN), "met"],
    ["does not ask about other credentials that were there before", "credential", { credentials: [otherKey] }, "met"],
    ["of a grant asks about all of them", "grant", { credentials: [otherKey] }, "still"],
  ])("%s", (_name, about, seen, expected) => expect(judge("shorten", terms, about, seen).kind).toBe(expected));
});

describe("federate", () => {
  const terms: AnswerTerms = { answer: "federate", issuer: "https://ci" };
  const used = { identity: { ...identity, lastUsed: on(6) } };
  it.each<Case>([
    ["is proven by a trust that is used and no static credential", "credential", { ...used, trusts: [trust] }, "met"],
    ["is not proven while a static credential is there", "credential", { ...used, trusts: [trust], credentials: [otherKey] }, "still"],
    ["is not proven without a trust", "credential", used, "still"],
    ["is not proven by a trust in somebody else", "credential", { ...used, trusts: [{ ...trust, issuer: "https://other" }] }, "still"],
    ["is not proven before the trust was used", "credential", { trusts: [trust] }, "still"],
    [
      "proves nothing where its use is not told",
      "credential",
      { identity: { ...identity, lastUsed: UNKNOWN }, trusts: [trust] },
      "unknown",
    ],
  ])("%s", (_name, about, seen, expected) => expect(judge("federate", terms, about, seen).kind).toBe(expected));

  it("takes any issuer where none was named", () =>
    expect(judge("federate", { answer: "federate", issuer: null }, "grant", { ...used, trusts: [trust] }).kind).toBe("met"));
});

describe("split", () => {
  it.each<Case>([
    ["is proven by one trust of one repository", "trust", { trusts: [{ ...trust, subjectPattern: "repo:acme/app:*" }] }, "met"],
    ["is proven by one credential", "credential", { credentials: [key] }, "met"],
    ["is not proven by a trust of many repositories", "trust", { trusts: [trust] }, "still"],
    ["is not proven by a trust of anything", "trust", { trusts: [{ ...trust, subjectPattern: null }] }, "still"],
    ["is not proven by two ways in", "identity", { credentials: [key], trusts: [{ ...trust, subjectPattern: "repo:acme/app" }] }, "still"],
  ])("%s", (_name, about, seen, expected) => expect(judge("split", { answer: "split" }, about, seen).kind).toBe(expected));
});

describe("re-own", () => {
  const terms: AnswerTerms = { answer: "re_own", owner: named("mara", "Mara Lindt"), backupOwner: named("tom", "Tom Berg") };
  const owned = (owner: LivePerson | null, backupOwner: LivePerson | null): Partial<Seen> => ({
    identity: { ...identity, owner, backupOwner },
  });
  it.each<Case>([
    ["is proven by both being who was named, in office", "identity", owned(mara, tom), "met"],
    ["is not proven without a backup owner", "identity", owned(mara, null), "still"],
    ["is not proven by somebody else", "identity", owned(tom, tom), "still"],
    ["is not proven once the owner has left", "identity", owned({ ...mara, inOffice: false }, tom), "still"],
  ])("%s", (_name, about, seen, expected) => expect(judge("re_own", terms, about, seen).kind).toBe(expected));
});

describe("time limit", () => {
  const terms: AnswerTerms = { answer: "time_limit", until: day(20).toISOString() };
  it.each<Case>([
    ["is proven by an end in the source by the date", "grant", { heldBy: [{ ...direct, expires: on(20) }] }, "met"],
    ["is proven by absence", "grant", {}, "met"],
    ["is not proven by a later end", "grant", { heldBy: [{ ...direct, expires: on(21) }] }, "still"],
    ["is not proven while one of the ways has no end", "grant", { heldBy: [{ ...direct, expires: on(20) }, byGroup] }, "still"],
    ["of a credential is proven by its expiry", "credential", { credentials: [{ ...key, expires: on(19) }] }, "met"],
    ["of a credential is not proven where it never expires", "credential", { credentials: [key] }, "still"],
    ["of a trust, which has no end, is proven by its absence alone", "trust", {}, "met"],
    ["of a trust is not proven while it is there", "trust", { trusts: [trust] }, "still"],
  ])("%s", (_name, about, seen, expected) => expect(judge("time_limit", terms, about, seen).kind).toBe(expected));
});

it("says in words what stands against it", () => {
  expect(judge("re_own", { answer: "re_own", owner: named("tom", "Tom Berg"), backupOwner: named("x", "Xu") }, "identity", {})).toEqual({
    kind: "still",
    what: ["its owner is Mara Lindt, not Tom Berg", "its backup owner is nobody, not Xu"],
    found: [
      { what: "its owner is Mara Lindt, not Tom Berg", by: null },
      { what: "its backup owner is nobody, not Xu", by: null },
    ],
  });
  expect(judge("revoke", null, "grant", { heldBy: [direct, byGroup] })).toEqual({
    kind: "still",
    what: ["admin is still held directly", "it is still held through release-team"],
    found: [
      { what: "admin is still held directly", by: { kind: "grant", id: "g1" } },
      { what: "it is still held through release-team", by: { kind: "grant", id: "g2" } },
    ],
  });
});

describe("what is there though it was to go", () => {
  const foundOf = (kind: RemediationKind, terms: AnswerTerms | null, about: Asked["about"], seen: Partial<Seen>) => {
    const met = judge(kind, terms, about, seen);
    return met.kind === "still" ? met.found.map(({ by }) => by?.id ?? "itself") : null;
  };
  const issuer = "https://ci";
  it.each<[string, RemediationKind, AnswerTerms | null, Asked["about"], Partial<Seen>, string[]]>([
    ["the older credential", "rotate", { answer: "rotate" }, "credential", { credentials: [key, newKey] }, ["k1"]],
    ["nothing, where only the newer one is missing", "rotate", { answer: "rotate" }, "credential", {}, []],
    ["one that lasts too long", "shorten", { answer: "shorten", maxDays: 30 }, "credential", { credentials: [newKey] }, ["k2"]],
    ["a static credential", "federate", { answer: "federate", issuer }, "credential", { credentials: [otherKey] }, ["k3"]],
    ["nothing, where only the trust is missing", "federate", { answer: "federate", issuer }, "credential", {}, []],
    ["nothing, where the trust is not used", "federate", { answer: "federate", issuer }, "credential", { trusts: [trust] }, []],
    [
      "a trust that is too wide",
      "narrow",
      { answer: "narrow", subjectPattern: "repo:acme/app:*", stays: [], ends: [] },
      "trust",
      { trusts: [trust] },
      ["t1"],
    ],
    ["the credential that was to go", "revoke", null, "credential", { credentials: [key] }, ["k1"]],
    ["the identity that was retired", "retire", { answer: "retire" }, "identity", { identity: { ...identity, grants: 0 } }, ["itself"]],
  ])("is %s", (_name, kind, terms, about, seen, expected) => expect(foundOf(kind, terms, about, seen)).toEqual(expected));
});

it("proves nothing about an identity that is not known, whatever else is or is not there", () => {
  const kinds: RemediationKind[] = [
    "revoke",
    "reduce",
    "time_limit",
    "suspend",
    "rotate",
    "shorten",
    "federate",
    "narrow",
    "split",
    "re_own",
    "retire",
  ];
  for (const kind of kinds) expect(judge(kind, null, "grant", { identity: null }).kind).toBe("unknown");
});
