import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { createFilesConnector } from "./connector.ts";
import { rawCopySource } from "./copy.ts";
import { FileError } from "./errors.ts";
import { csvMapping, temporaryFiles, uploadOf } from "./sample-files.ts";

const database = ownTestDatabase();
const files = temporaryFiles();
let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: database.admin });
  await client.connect();
  await client.query(
    "CREATE TEMPORARY TABLE copied (number bigint GENERATED ALWAYS AS IDENTITY, holder text, entitlement text, reason text)",
  );
});
afterAll(() => client.end());

const columns = ["holder", "entitlement", "reason"];
const mapping = csvMapping({
  name: "grants.csv",
  columns,
  targets: [{ stream: "grants", columns: Object.fromEntries(columns.map((column) => [column, { column }])) }],
});

/** What COPY makes of the file; null where either the guard or the server refuses it. */
async function byCopy(content: string) {
  const file = files.write("grants.csv", content);
  const source = await rawCopySource(file, mapping, "grants").catch(() => null);
  if (!source) return null;
  await client.query("TRUNCATE copied RESTART IDENTITY");
  const names = source.targetColumns.join(", ");
  const sql = `COPY copied (${names}) FROM STDIN (FORMAT csv, HEADER true, DELIMITER ',', QUOTE '"', FORCE_NULL (${names}), ENCODING 'UTF8')`;
  try {
    await pipeline(source.stream, client.query(copyFrom(sql)));
  } catch (error) {
    if (error instanceof FileError || error instanceof pg.DatabaseError) return null;
    throw error;
  }
  return (await client.query("SELECT holder, entitlement, reason FROM copied ORDER BY number")).rows;
}

async function byPages(content: string) {
  const upload = uploadOf(files.write("grants.csv", content));
  const connector = createFilesConnector({ files: [upload], mapping: { version: 1, files: [mapping] } });
  try {
    return (await connector.read("grants", null, new AbortController().signal)).records;
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  } finally {
    await connector.close();
  }
}

it.each([
  ["quoted, empty and null cells", 'a,"","say ""hi"""\nb,,\n'],
  ["line breaks in cells", '"a\nb","c\r\nd",e\n'],
  ["words that COPY knows in its other format", "\\N,NULL,\\t\n"],
  ["a backslash and a full stop in a cell", "a,\\.,b\n"],
  ["text beyond ASCII", "Farinič,😀,\u202ex\n"],
])("COPY and the pages read the same of %s", async (_name, rows) => {
  const content = `${columns.join(",")}\n${rows}`;
  const pages = await byPages(content);
  expect(pages).not.toBeNull();
  expect(await byCopy(content)).toEqual(pages);
});

it("whatever COPY accepts, the pages read the same; nothing slips through changed", async () => {
  const alphabet = fc.constantFrom("a", "é", ",", '"', '""', "BREAK", "\\.", " ", '","', "x,y,zBREAK", '"q",,"r"BREAK');
  const text = fc.array(alphabet, { maxLength: 20 }).map((parts) => parts.join(""));
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom("\n", "\r\n", "\r"), async (rows, lineBreak) => {
      const content = `${columns.join(",")}BREAK${rows}`.replaceAll("BREAK", lineBreak);
      const copied = await byCopy(content);
      if (copied === null) return;
      compared += 1;
      expect(copied).toEqual(await byPages(content));
    }),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(20);
});
