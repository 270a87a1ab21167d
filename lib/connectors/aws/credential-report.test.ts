import { describe, expect, it } from "vitest";
import { parseReport } from "./credential-report.ts";
import { classOfUser, lastUsed } from "./identities.ts";
import { ARNS, REPORT } from "./sample-account.ts";

const rows = parseReport(REPORT, "report.csv");
const rowOf = (arn: string) => {
  const row = rows.find((each) => each.arn === arn);
  if (!row) throw new Error(arn);
  return row;
};

describe("words that are no value stay apart", () => {
  it("no_information is unknown, and not_supported is not_supported: the root user's password", () => {
    expect(rowOf(ARNS.root)).toMatchObject({
      isRoot: true,
      hasPassword: "unknown",
      passwordUsed: "unknown",
      passwordChanged: "not_supported",
      passwordExpires: "not_supported",
    });
  });
  it("N/A is never where there is something that was not used, or does not end", () => {
    expect(rowOf(ARNS.ada)).toMatchObject({ passwordExpires: "never", keys: [] });
    expect(rowOf(ARNS.robot)).toMatchObject({ passwordUsed: "never", keys: [{ used: "2026-11-19T23:00:00.000Z" }, { used: "never" }] });
  });
  it("N/A is unknown for a key older than AWS's records of use", () => {
    expect(rowOf(ARNS.idle).keys).toEqual([{ slot: 1, isActive: false, created: "2014-06-01T00:00:00.000Z", used: "unknown" }]);
  });
});

it("a user's class follows from what it signs in with", () => {
  const classes = rows.filter(({ isRoot }) => !isRoot).map((row) => classOfUser(row));
  expect(classes).toEqual(["human", "service", "service"]);
  expect(classOfUser(undefined)).toBe("unknown");
});

it("the last use is the latest that is known; never only where everything says never", () => {
  expect(lastUsed(rowOf(ARNS.robot))).toBe("2026-11-19T23:00:00.000Z");
  expect(lastUsed(rowOf(ARNS.idle))).toBe("unknown");
  expect(lastUsed({ ...rowOf(ARNS.ada), passwordUsed: "never" })).toBe("never");
});

it.each<[string, string, RegExp]>([
  ["a column is missing", REPORT.replace("mfa_active", "mfa"), /has no column mfa_active/],
  ["a row has too few cells", `${REPORT}\nshort,row`, /report\.csv, line 6.*not CSV/],
  ["a quotation mark never ends", `${REPORT}\n"open`, /report\.csv.*not CSV/],
  ["an instant is none", REPORT.replace("2026-11-18T09:00:00+00:00", "yesterday"), /line 3, column 5 \(password_last_used\)/],
  ["an ARN is none", REPORT.replace(ARNS.ada, "ada"), /line 3, column 2 \(arn\)/],
  ["a user stands twice", REPORT.replace(ARNS.idle, ARNS.ada), /line 5: .*user\/ada stands twice/],
])("is refused where %s, with the place", (_name, csv, message) => expect(() => parseReport(csv, "report.csv")).toThrow(message));
