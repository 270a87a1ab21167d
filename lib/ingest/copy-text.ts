import { copyValue } from "#lib/db/copy-text.ts";
import type { StreamRecord } from "#lib/inventory/streams.ts";

/**
 * Records as lines of COPY's text format, exactly as PostgreSQL itself would write them, so that a page read back has the same digest.
 * Empty text is null. NUL and lone surrogates, which no database holds, become the replacement character: connectors were to clean them.
 */
export function copyText(page: number, columns: readonly string[], records: readonly StreamRecord[]): string {
  let text = "";
  for (const record of records) {
    text += page;
    for (const column of columns) {
      const value = record[column];
      text += `\t${copyValue(value)}`;
    }
    text += "\n";
  }
  return text;
}
