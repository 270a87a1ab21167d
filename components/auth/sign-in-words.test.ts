import { expect, it } from "vitest";
import { nextPath } from "#lib/auth/search-params.ts";
import { noticeOf } from "./sign-in-words.ts";

it.each<[string | null, string | null]>([
  [null, null],
  ["", null],
  ["CredentialsSignin", "do not go together"],
  ["RATE_LIMITED.900", "Wait 15 minutes"],
  ["RATE_LIMITED.7", "Wait a minute"],
  ["<script>alert(1)</script>", "Signing in did not work"],
  ["constructor", "Signing in did not work"],
])("says what %s means", (code, words) => {
  const notice = noticeOf(code);
  if (words === null) expect(notice).toBeNull();
  else expect(notice?.text).toContain(words);
});

it.each([
  ["/campaigns/1/review?q=a", "/campaigns/1/review?q=a"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  ["/sign-in?next=/sign-in", "/"],
  ["javascript:alert(1)", "/"],
  ["/a\nb", "/"],
  [undefined, "/"],
  [["/a", "/b"], "/"],
])("goes on to %s as %s", (given, path) => {
  expect(nextPath(given)).toBe(path);
});
