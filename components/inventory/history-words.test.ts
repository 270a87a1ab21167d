import { expect, it } from "vitest";
import type { HistoryLine } from "#lib/inventory/record-history.sql.ts";
import { historyText } from "./history-words.ts";

const line = (given: Partial<HistoryLine>): HistoryLine => ({
  kind: "changed",
  stream: "identities",
  label: "svc",
  before: null,
  after: null,
  ...given,
});

it.each<[string, HistoryLine, string]>([
  ["a grant that came", line({ stream: "grants", kind: "opened", label: "deploy" }), "Granted: deploy"],
  ["a grant that went", line({ stream: "grants", kind: "ended", label: "deploy" }), "Ended: deploy"],
  [
    "a grant on other terms names what differs and nothing else",
    line({ stream: "grants", label: "deploy", before: { reason: null, expires: "never" }, after: { reason: "on call", expires: "never" } }),
    "Grant changed: deploy (reason: not told → on call)",
  ],
  ["the thing itself", line({ before: { owner: "ada" }, after: { owner: "bo" } }), "This identity changed: owner: ada → bo"],
  ["something of it", line({ stream: "credentials", kind: "gone", label: "key 1" }), "Credential key 1 was no longer there"],
  ["its beginning here", line({ kind: "first_seen" }), "This identity was seen for the first time"],
  [
    "long contents are cut, since their page compares them",
    line({ before: { contents: "x".repeat(200) }, after: { contents: "y" } }),
    `This identity changed: contents: ${"x".repeat(80)}… → y`,
  ],
])("%s", (_name, given, text) => {
  expect(historyText(given, "identities")).toBe(text);
});
