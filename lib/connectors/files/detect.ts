import { type Opened, openFile, type ReadOptions, type StoredFile } from "./bytes.ts";
import { type CsvRow, CsvScanner } from "./csv.ts";
import { FileError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import type { CsvFormat, FileFormat } from "./mapping.ts";
import { unfinishedBytes } from "./utf8.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const satisfies readonly CsvFormat["delimiter"][];
const SAMPLE_ROWS = 100;

/** The format that the first 64 KiB speak for. A header row is taken for granted; whoever has none says so in the mapping. */
export async function detectFormat(file: StoredFile, options: ReadOptions = {}): Promise<{ format: FileFormat; opened: Opened }> {
  const opened = await openFile(file, options);
  const { head } = opened;
  const text = head.toString("utf8", 0, head.length - unfinishedBytes(head));
  const first = text.trimStart()[0];
  if (first === "[") {
    throw new FileError(
      "not_an_object",
      file.name,
      { line: 1 },
      "this is a JSON list. Write JSON Lines: each record as one object on a line of its own.",
    );
  }
  if (first === "{") return { format: { kind: "jsonl", encoding: "utf-8" }, opened };
  return { format: csvFormat(delimiterOf(text)), opened };
}

export const csvFormat = (delimiter: CsvFormat["delimiter"]): CsvFormat => ({
  kind: "csv",
  delimiter,
  quote: '"',
  header: true,
  encoding: "utf-8",
});

/** The delimiter under which the most rows have as many cells as the first one; of equals, the one that makes more cells. */
export function delimiterOf(sample: string): CsvFormat["delimiter"] {
  let best: { delimiter: CsvFormat["delimiter"]; share: number; cells: number } = { delimiter: ",", share: 0, cells: 1 };
  for (const delimiter of DELIMITERS) {
    const widths = rowWidths(sample, delimiter);
    const cells = widths[0] ?? 1;
    if (cells < 2) continue;
    const share = widths.filter((width) => width === cells).length / widths.length;
    if (share > best.share || (share === best.share && cells > best.cells)) best = { delimiter, share, cells };
  }
  return best.delimiter;
}

/** The widths of the rows before the first that cannot be read so; a row cut off by the end of the sample is left out. */
function rowWidths(sample: string, delimiter: CsvFormat["delimiter"]): number[] {
  const rows: CsvRow[] = [];
  const scanner = new CsvScanner("sample", { delimiter, quote: '"' }, LIMITS);
  try {
    scanner.push(sample, rows);
    if (rows.length === 0) scanner.finish(rows);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
  return rows.slice(0, SAMPLE_ROWS).map(({ cells }) => cells.length);
}
