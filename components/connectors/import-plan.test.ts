import { describe, expect, it } from "vitest";
import { type FileMapping, fileMapping } from "#lib/connectors/files/mapping.ts";
import type { FilePreview } from "#lib/connectors/files/preview.ts";
import { filesKept, importBlockers, mappingToSave, needsSaving, type PlannedFile, tellsPeople } from "./import-plan.ts";

const mappingOf = (name: string, stream: "people" | "identities" = "people"): FileMapping =>
  fileMapping.parse({
    name,
    format: { kind: "csv", delimiter: ",", quote: '"', header: true, encoding: "utf-8" },
    columns: ["id", "name"],
    excluded: [],
    targets: [{ stream, columns: { external_id: { column: "id" }, name: { column: "name" } } }],
  });

const sound = { problems: [] as FilePreview["problems"] } as FilePreview;
const planned = (name: string, more: Partial<PlannedFile> = {}): PlannedFile => ({
  key: name,
  name,
  mapping: mappingOf(name),
  mappedAs: null,
  isChanged: false,
  preview: sound,
  isReadable: true,
  ...more,
});
const problem = (severity: "error" | "warning") => ({ severity }) as FilePreview["problems"][number];

describe("what keeps files from being imported", () => {
  it("is nothing where each is read, mapped and sound", () => {
    expect(importBlockers([planned("a.csv"), planned("b.csv")])).toEqual([]);
  });

  it("names every file that is not ready, and why", () => {
    const empty = { ...mappingOf("d.csv"), targets: [] };
    expect(
      importBlockers([
        planned("a.csv", { preview: null }),
        planned("b.csv", { isReadable: false }),
        planned("c.csv", { preview: { ...sound, problems: [problem("error"), problem("error"), problem("warning")] } }),
        planned("d.csv", { mapping: empty }),
        planned("e.csv"),
        planned("e.csv", { key: "2" }),
      ]),
    ).toEqual([
      "e.csv was chosen twice: remove one.",
      "a.csv is still being looked at.",
      "b.csv could not be read: remove it or choose it again.",
      "c.csv has 2 problems that have to be settled first.",
      "Say what d.csv tells, or remove it.",
    ]);
    expect(importBlockers([])).toEqual(["Choose at least one file."]);
  });

  it("is not a rejected record, nor something to know", () => {
    expect(importBlockers([planned("a.csv", { preview: { ...sound, problems: [problem("warning")] } })])).toEqual([]);
  });
});

describe("the mapping to save", () => {
  const saved = [mappingOf("hr.csv"), mappingOf("accounts.csv", "identities")];

  it("keeps what was saved, under its own name, where a newer export comes", () => {
    const again = planned("hr-2026-12.csv", { mappedAs: "hr.csv", mapping: mappingOf("hr.csv") });
    expect(needsSaving([again])).toBe(false);
    expect(mappingToSave(saved, [again]).files).toEqual(saved);
    expect(filesKept(saved, [again])).toEqual(["accounts.csv"]);
  });

  it("takes a changed one into the place of the old, and a new one besides", () => {
    const changed = planned("hr-2026-12.csv", { mappedAs: "hr.csv", isChanged: true, mapping: mappingOf("hr-2026-12.csv", "identities") });
    const added = planned("groups.csv");
    const { files } = mappingToSave(saved, [changed, added]);
    expect(files.map(({ name }) => name)).toEqual(["hr.csv", "accounts.csv", "groups.csv"]);
    expect(files[0]?.targets[0]?.stream).toBe("identities");
    expect(needsSaving([changed])).toBe(true);
    expect(needsSaving([added])).toBe(true);
  });

  it("makes a people source where it tells of people", () => {
    expect(tellsPeople({ version: 1, files: saved })).toBe(true);
    expect(tellsPeople({ version: 1, files: [mappingOf("x", "identities")] })).toBe(false);
  });
});
