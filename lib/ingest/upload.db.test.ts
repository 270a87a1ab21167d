import { createHash, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { operatorCtx } from "#lib/testing/users.ts";
import { addSource } from "./commands/add-source.ts";
import { uploadFile } from "./commands/upload-file.ts";
import { currentFiles } from "./source-files.sql.ts";

ownTestDatabase();

const source = async () => (await addSource(operatorCtx(), { name: `Files ${randomUUID()}`, kind: "files" })).sourceId;
const upload = (sourceId: string, name: string, more: { mappedAs?: string; isPiece?: boolean; sha256?: string } = {}) =>
  uploadFile(operatorCtx(), { sourceId, name, ...more }, Readable.from([`id\n${name}\n`]));
const current = async (sourceId: string) => (await currentFiles(reader, sourceId)).map(({ name }) => name);

describe("the files that a source is read from", () => {
  it("are the newest export of each mapped file, whatever it is called", async () => {
    const sourceId = await source();
    await upload(sourceId, "hr-2026-11.csv");
    await upload(sourceId, "accounts.csv");
    await upload(sourceId, "hr-2026-12.csv", { mappedAs: "hr-2026-11.csv" });
    expect(await current(sourceId)).toEqual(["accounts.csv", "hr-2026-12.csv"]);
    await upload(sourceId, "hr-2027-01.csv", { mappedAs: "hr-2026-11.csv" });
    expect(await current(sourceId)).toEqual(["accounts.csv", "hr-2027-01.csv"]);
  });

  it("stand beside each other where one is said to be a piece, until a whole one comes", async () => {
    const sourceId = await source();
    await upload(sourceId, "a-1.csv", { mappedAs: "a.csv" });
    await upload(sourceId, "a-2.csv", { mappedAs: "a.csv", isPiece: true });
    await upload(sourceId, "a-2.csv", { mappedAs: "a.csv", isPiece: true });
    expect(await current(sourceId)).toEqual(["a-1.csv", "a-2.csv"]);
    await upload(sourceId, "a.csv");
    expect(await current(sourceId)).toEqual(["a.csv"]);
  });

  it("stay as they were where an upload arrives damaged", async () => {
    const sourceId = await source();
    await upload(sourceId, "a.csv");
    const sha256 = createHash("sha256").update("something else").digest("hex");
    await expect(upload(sourceId, "b.csv", { mappedAs: "a.csv", sha256 })).rejects.toMatchObject({ code: "INVALID" });
    expect(await current(sourceId)).toEqual(["a.csv"]);
  });
});
