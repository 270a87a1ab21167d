import { columnChanges, valueText } from "#components/ingest/change-words.ts";
import type { HistoryLine } from "#lib/inventory/record-history.sql.ts";

const ONE: Readonly<Record<string, string>> = {
  people: "person",
  identities: "identity",
  resources: "resource",
  entitlements: "entitlement",
  trusts: "trust",
  credentials: "credential",
  factors: "factor",
  sessions: "session",
};

/** One line of a run: "Granted: deploy", "owner: Ada -> nobody". `subject` is the stream of the thing whose history it is. */
export function historyText(line: HistoryLine, subject: string): string {
  const { kind, stream, label } = line;
  const changes = columnChanges(line.before, line.after)
    .map(({ column, before, after }) => `${column}: ${shown(before)} → ${shown(after)}`)
    .join("; ");
  if (stream === "grants") {
    if (kind === "changed") return `Grant changed: ${label}${changes ? ` (${changes})` : ""}`;
    return `${kind === "opened" ? "Granted" : "Ended"}: ${label}`;
  }
  const what = stream === subject ? `This ${ONE[stream]}` : `${capital(ONE[stream] ?? stream)} ${label}`;
  switch (kind) {
    case "first_seen":
      return `${what} was seen for the first time`;
    case "gone":
      return `${what} was no longer there`;
    case "returned":
      return `${what} was there again${changes ? ` (${changes})` : ""}`;
    default:
      return `${what} changed${changes ? `: ${changes}` : ""}`;
  }
}

const LONGEST = 80;
/** Contents of a policy are compared on the entitlement's page. */
function shown(value: unknown): string {
  const text = valueText(value).replace(/\s+/g, " ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
