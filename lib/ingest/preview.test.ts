import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { csvMapping } from "#lib/connectors/files/sample-files.ts";
import { previewSample } from "./preview.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const saved = [
  csvMapping({
    name: "hr-2025-12.csv",
    columns: ["id", "name"],
    targets: [{ stream: "people", columns: { external_id: { column: "id" }, name: { column: "name" } } }],
  }),
];
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith("countersign-sample-"));

describe("the preview of a file's beginning", () => {
  it("is under the saved mapping where one fits the file, by its name without digits", async () => {
    const { preview, mappedAs } = await previewSample(bytes("id,name\n7,Mara\n"), { name: "hr-2026-01.csv" }, saved);
    expect(mappedAs).toBe("hr-2025-12.csv");
    expect(preview.isSuggested).toBe(false);
    expect(preview.targets[0]?.records).toEqual([{ external_id: "7", name: "Mara" }]);
  });

  it("is a proposal where nothing fits", async () => {
    const { preview, mappedAs } = await previewSample(bytes("login,mail\nmara,m@x.org\n"), { name: "accounts.csv" }, saved);
    expect(mappedAs).toBeNull();
    expect(preview.isSuggested).toBe(true);
  });

  it("is under the edited mapping, whatever is saved", async () => {
    const edited = { ...csvMapping({ name: "hr.csv", columns: ["id", "name"] }), targets: [] };
    const { preview, mappedAs } = await previewSample(bytes("id,name\n7,Mara\n"), { name: "hr.csv", mapping: edited }, saved);
    expect(mappedAs).toBe("hr-2025-12.csv");
    expect(preview.targets).toEqual([]);
  });

  it("leaves nothing behind, also of a file that cannot be read", async () => {
    const before = leftovers();
    const { preview } = await previewSample(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), { name: "book.xlsx" }, saved);
    expect(preview.problems[0]).toMatchObject({ severity: "error", code: "not_text" });
    expect(leftovers()).toEqual(before);
  });
});
