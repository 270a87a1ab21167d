import { expect, it } from "vitest";
import { parsePolicy } from "./document.ts";

const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const document = { Version: "2012-10-17", Statement: [statement] };

const read = (given: unknown) => {
  const parsed = parsePolicy(given);
  if (parsed.kind !== "document") throw new Error(parsed.reason);
  return parsed;
};
const reasonOf = (given: unknown) => {
  const parsed = parsePolicy(given);
  return parsed.kind === "unreadable" ? parsed.reason : "was read";
};

it("reads a document as the CLI gives it, as the API gives it, and as text, alike", () => {
  const encoded = encodeURIComponent(JSON.stringify(document));
  expect(read(encoded)).toEqual(read(document));
  expect(read(JSON.stringify(document, null, 4))).toEqual(read(document));
});

it("says the same of the same document, whatever the order of its keys and lists", () => {
  const one = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["s3:PutObject", "s3:GetObject"], Resource: "*" }] };
  const other = { Statement: [{ Resource: "*", Action: ["s3:GetObject", "s3:PutObject"], Effect: "Allow" }], Version: "2012-10-17" };
  expect(read(one).canonical).toBe(read(other).canonical);
  expect(read({ ...one, Statement: [{ ...statement, Action: "s3:GetObject" }] }).canonical).not.toBe(read(one).canonical);
});

it("takes one statement, one action and one resource without a list", () => {
  expect(read({ Statement: statement }).statements).toEqual(read({ Statement: [{ ...statement, Action: ["s3:GetObject"] }] }).statements);
});

it("tells what is named from all but what is named", () => {
  const [first] = read({ Statement: [{ Effect: "Allow", NotAction: ["iam:*"], NotResource: "arn:aws:s3:::secret" }] }).statements;
  expect(first?.actions).toEqual({ isExcept: true, patterns: ["iam:*"] });
  expect(first?.resources).toEqual({ isExcept: true, patterns: ["arn:aws:s3:::secret"] });
});

const nested = (depth: number): unknown => {
  let value: unknown = "deep";
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
};

it.each<[string, unknown, RegExp]>([
  ["text that is no JSON", "%7Bnot json", /not JSON/],
  ["a broken escape", "%7B%E0%A4%A", /not JSON/],
  ["a list in place of a document", [document], /not an object/],
  ["a statement that is text", { Statement: ["Allow everything"] }, /statement 1 is not an object/],
  ["an effect that is none", { Statement: [{ ...statement, Effect: "allow" }] }, /neither allows nor denies/],
  ["an action that is an object", { Statement: [{ ...statement, Action: { a: 1 } }] }, /not text/],
  ["both an action and its opposite", { Statement: [{ ...statement, NotAction: "iam:*" }] }, /both Action and NotAction/],
  ["a pattern without end", { Statement: [{ ...statement, Action: "*".repeat(5_000) }] }, /longer than/],
  ["more statements than AWS allows by far", { Statement: Array(2_001).fill(statement) }, /more than 2000 statements/],
  ["a document without end", { Statement: [{ ...statement, Sid: "x".repeat(500_000) }] }, /characters/],
  ["a document nested without end", { Statement: [statement], Extra: nested(200_000) }, /nested too deeply/],
])("calls %s unreadable, and says why", (_name, given, reason) => {
  expect(reasonOf(given)).toMatch(reason);
});
