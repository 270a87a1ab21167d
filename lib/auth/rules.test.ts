import { parseOptions, verify } from "@node-rs/argon2";
import { describe, expect, it, vi } from "vitest";
import { TOXIC_PAIRS } from "#lib/authz/permissions.ts";
import { addressOf } from "./address.ts";
import { cookieOf, SIGN_IN_COOKIE } from "./cookie.ts";
import { hashPassword, isPassword } from "./password.ts";
import { personOf } from "./provider.ts";
import { passwordRefusal, toxicPairsAmong } from "./rules.ts";
import { codeDigestOf, newCode, newSecret } from "./secrets.ts";

vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof import("@node-rs/argon2")>();
  return { ...real, verify: vi.fn(real.verify) };
});

describe("a password", () => {
  it.each<[string, string, string[]]>([
    ["too short", "eleven char", []],
    ["one character over and over", "aaaaaaaaaaaaaaaaaaaa", []],
    ["made of the mail address", "ada.byron@ada", ["ada.byron@byron.test", "Ada Byron"]],
    ["made of the product", "Countersign1", []],
    ["longer than anybody types", "long ".repeat(41), []],
  ])("that is %s is refused with a sentence", (_name, password, about) => {
    expect(passwordRefusal(password, about)).toMatch(/\.$/);
  });

  it.each<[string, string, string[]]>([
    ["a few words", "correct horse battery staple", ["ada@example.test", "Ada"]],
    ["a name and much more", "ada byron likes the jacquard loom", ["ada.byron@example.test", "Ada Byron"]],
    ["twelve emoji", "🦊🐢🐙🦀🐝🦋🐞🐌🐛🦂🐜🦗", []],
  ])("of %s is taken", (_name, password, about) => {
    expect(passwordRefusal(password, about)).toBeNull();
  });

  it("costs the same whether or not there is one to compare with", async () => {
    const real = await hashPassword("correct horse battery staple");
    expect(await isPassword(null, "anything")).toBe(false);
    const against = String(vi.mocked(verify).mock.calls.at(-1)?.[0]);
    const { memoryCost, timeCost, parallelism, algorithm, outputLen, saltLen } = parseOptions(real);
    expect(parseOptions(against)).toMatchObject({ memoryCost, timeCost, parallelism, algorithm, outputLen, saltLen });
    expect(memoryCost).toBeGreaterThanOrEqual(19_456);
  });

  it("is the same however its accents were typed", async () => {
    const stored = await hashPassword("cafe\u0301 au lait, s'il vous plait");
    expect(await isPassword(stored, "caf\u00e9 au lait, s'il vous plait")).toBe(true);
  });
});

it("finds every toxic pair in either order, and none elsewhere", () => {
  for (const [one, other] of TOXIC_PAIRS) {
    expect(toxicPairsAmong([one, "reviewer", other])).toEqual([[one, other]]);
    expect(toxicPairsAmong([other, one])).toEqual([[one, other]]);
    expect(toxicPairsAmong([one])).toEqual([]);
  }
});

it.each<[string, string | null, number, string | undefined]>([
  ["the socket's own address stands last", "203.0.113.9", 0, "203.0.113.9"],
  ["what a caller writes in front is not believed", "10.0.0.1, 203.0.113.9", 0, "203.0.113.9"],
  ["behind one proxy of ours, the one before it counts", "1.1.1.1, 203.0.113.9, 10.0.0.7", 1, "203.0.113.9"],
  ["with fewer hops than proxies, the first counts", "203.0.113.9", 2, "203.0.113.9"],
  ["nothing said", null, 0, undefined],
  ["nothing but commas", " , ", 0, undefined],
])("where from: %s", (_name, header, hops, expected) => {
  expect(addressOf(header, hops)).toBe(expected);
});

it.each<[string, string | null, string | null]>([
  ["among others", `a=1; ${SIGN_IN_COOKIE}=abc; b=2`, "abc"],
  ["not its namesake", `x${SIGN_IN_COOKIE}=abc; ${SIGN_IN_COOKIE}.0=def`, null],
  ["broken escapes as they are", `${SIGN_IN_COOKIE}=%E0%A4%A`, "%E0%A4%A"],
  ["no header", null, null],
])("finds the cookie: %s", (_name, header, expected) => {
  expect(cookieOf(header, SIGN_IN_COOKIE)).toBe(expected);
});

describe("codes and secrets", () => {
  it("are typed as people type", () => {
    const code = newCode(24);
    expect(code).toMatch(/^[A-Z2-9]{4}(-[A-Z2-9]{4}){5}$/);
    expect(codeDigestOf(` ${code.toLowerCase().replaceAll("-", " ")} `)).toEqual(codeDigestOf(code));
  });

  it("do not repeat", () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newSecret("cs_"))).size).toBe(1_000);
    expect(newSecret("cs_")).toMatch(/^cs_[\w-]{43}$/);
  });
});

it("takes a user's name from what the provider says, down to the bare subject", () => {
  expect(personOf({ iss: "https://i", sub: "s" })).toEqual({ issuer: "https://i", subject: "s", mail: null, displayName: "s", amr: null });
  expect(personOf({ iss: "https://i", sub: "s", name: " Ada ", email: "A@B.test", amr: [] })).toMatchObject({
    displayName: "Ada",
    mail: "a@b.test",
    amr: null,
  });
});
