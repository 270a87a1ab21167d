import { expect, it } from "vitest";
import { fitsAction, fitsGlob } from "./glob.ts";

it.each<[string, string, boolean]>([
  ["*", "", true],
  ["*", "anything", true],
  ["s3:*", "s3:GetObject", true],
  ["s3:Get*", "s3:GetObject", true],
  ["s3:Get*", "s3:PutObject", false],
  ["s3:?etObject", "s3:GetObject", true],
  ["s3:?etObject", "s3:etObject", false],
  ["*:Get*Policy", "iam:GetRolePolicy", true],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-b-b", false],
  ["", "x", false],
  ["arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b", true],
  ["a.c", "abc", false],
])("%s against %s: %s", (pattern, text, expected) => expect(fitsGlob(pattern, text)).toBe(expected));

it("compares actions without regard to case, as AWS does", () => expect(fitsAction("S3:getobject", "s3:GetObject")).toBe(true));

it("answers a pattern made to be slow", () => {
  expect(fitsGlob("a*".repeat(500).concat("b"), "a".repeat(2_000))).toBe(false);
});
