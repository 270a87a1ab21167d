import { parse } from "csv-parse/sync";
import { SourceError } from "../contract.ts";

/**
 * AWS's credential report, one row a user. Its words that are no value are three: N/A (there is none), no_information (AWS has nothing to say,
 * which is not "never") and not_supported (the root user's, of which it never tells).
 */
export type ReportRow = {
  readonly arn: string;
  readonly isRoot: boolean;
  readonly created: string;
  readonly hasPassword: "yes" | "no" | "unknown";
  readonly passwordChanged: string;
  readonly passwordUsed: string;
  readonly passwordExpires: string;
  readonly hasMfa: "yes" | "no" | "unknown";
  readonly keys: readonly ReportKey[];
  readonly certificates: readonly ReportCertificate[];
};
export type ReportKey = { readonly slot: 1 | 2; readonly isActive: boolean; readonly created: string; readonly used: string };
export type ReportCertificate = { readonly slot: 1 | 2; readonly isActive: boolean; readonly created: string };

const NEEDED = ["user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed", "mfa_active"];
const MAX_ROWS = 50_000;

/** Since when AWS keeps the last use of access keys: before that "N/A" is not "never". */
const KEYS_TRACKED_SINCE = "2015-04-22T00:00:00.000Z";

/** Throws SourceError with line and column where the report is broken. */
export function parseReport(csv: string, where: string): ReportRow[] {
  const rows = rowsOf(csv, where);
  const [columns = []] = rows;
  const missing = NEEDED.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new SourceError(`${where}: the credential report has no column ${missing.join(", ")}.`, { where });
  if (rows.length - 1 > MAX_ROWS) throw new SourceError(`${where}: more than ${MAX_ROWS} rows, which no account has.`, { where });
  const seen = new Set<string>();
  return rows.slice(1).map((cells, index) => {
    const line = index + 2;
    const cell = (name: string) => cells[columns.indexOf(name)]?.trim() ?? "";
    const row = rowOf(cell, (column) => `${where}, line ${line}, column ${columns.indexOf(column) + 1} (${column})`);
    if (seen.has(row.arn)) throw new SourceError(`${where}, line ${line}: ${row.arn} stands twice in the report.`, { where });
    seen.add(row.arn);
    return row;
  });
}

function rowsOf(csv: string, where: string): string[][] {
  try {
    return parse(csv, { bom: true, skip_empty_lines: true, max_record_size: 100_000 }) as string[][];
  } catch (error) {
    const { lines, column } = error as { lines?: number; column?: number };
    const place = lines === undefined ? where : `${where}, line ${lines}${typeof column === "number" ? `, column ${column + 1}` : ""}`;
    throw new SourceError(`${place}: the credential report is not CSV as AWS writes it. Download it again.`, { where: place });
  }
}

type Cell = (name: string) => string;

function rowOf(cell: Cell, placeOf: (column: string) => string): ReportRow {
  const moment = (column: string, whenNone: string) => {
    const text = cell(column);
    if (text === "" || text === "no_information") return "unknown";
    if (text === "not_supported") return "not_supported";
    if (text === "N/A") return whenNone;
    const date = new Date(text);
    if (Number.isNaN(date.getTime()))
      throw new SourceError(`${placeOf(column)}: neither an instant nor one of the report's words.`, { where: placeOf(column) });
    return date.toISOString();
  };
  const fact = (column: string) => {
    const text = cell(column).toUpperCase();
    return text === "TRUE" ? "yes" : text === "FALSE" ? "no" : "unknown";
  };
  const arn = cell("arn");
  if (!/^arn:aws[a-z-]*:iam::\d{12}:(root|user\/.+)$/.test(arn))
    throw new SourceError(`${placeOf("arn")}: no ARN of a user.`, { where: placeOf("arn") });
  return {
    arn,
    isRoot: arn.endsWith(":root"),
    created: moment("user_creation_time", "unknown"),
    hasPassword: fact("password_enabled"),
    passwordChanged: moment("password_last_changed", "unknown"),
    passwordUsed: moment("password_last_used", "never"),
    // N/A: the account's rules let no password expire.
    passwordExpires: moment("password_next_rotation", "never"),
    hasMfa: fact("mfa_active"),
    keys: ([1, 2] as const).flatMap((slot): ReportKey[] => {
      const created = moment(`access_key_${slot}_last_rotated`, "none");
      if (created === "none" || (created === "unknown" && fact(`access_key_${slot}_active`) !== "yes")) return [];
      const isTracked = created > KEYS_TRACKED_SINCE && /^\d/.test(created);
      const used = moment(`access_key_${slot}_last_used_date`, isTracked ? "never" : "unknown");
      return [{ slot, isActive: fact(`access_key_${slot}_active`) === "yes", created, used }];
    }),
    certificates: ([1, 2] as const).flatMap((slot): ReportCertificate[] => {
      const created = moment(`cert_${slot}_last_rotated`, "none");
      const isActive = fact(`cert_${slot}_active`) === "yes";
      return created === "none" || (created === "unknown" && !isActive) ? [] : [{ slot, isActive, created }];
    }),
  };
}
