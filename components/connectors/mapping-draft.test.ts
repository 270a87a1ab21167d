import { describe, expect, it } from "vitest";
import { fileMapping, mappingProblems } from "#lib/connectors/files/mapping.ts";
import {
  addTarget,
  choiceOf,
  chosen,
  removeTarget,
  setDistinct,
  setExcluded,
  setMeaning,
  setSkipWhenEmpty,
  setSource,
  setSplit,
} from "./mapping-draft.ts";

const start = fileMapping.parse({
  name: "accounts.csv",
  format: { kind: "csv", delimiter: ";", quote: '"', header: true, encoding: "utf-8" },
  columns: ["login", "first", "last", "groups", "state", "name"],
  excluded: [],
  targets: [
    {
      stream: "identities",
      columns: {
        external_id: { column: "login" },
        name: { template: "{first} {last}" },
        status: { column: "state", values: { on: "active" } },
      },
      skipWhenEmpty: ["login", "state"],
    },
    {
      stream: "grants",
      columns: { holder: { column: "login" }, entitlement: { column: "groups" } },
      split: { column: "groups", separator: "," },
    },
  ],
});

describe("editing a mapping", () => {
  it("never changes the mapping that it was given", () => {
    const before = structuredClone(start);
    setSource(start, 0, "mail", { column: "last" });
    setMeaning(start, 0, "status", "off", "disabled");
    setSplit(start, 1, null);
    setExcluded(start, "login", true);
    expect(start).toEqual(before);
  });

  it("excluding a column takes away everything that read it, so that the mapping stays usable or says what is missing", () => {
    const after = setExcluded(start, "groups", true);
    expect(after.targets[1]).toEqual({ stream: "grants", columns: { holder: { column: "login" } } });
    expect(mappingProblems(after).map(({ column }) => column)).toEqual(["entitlement"]);
    const noState = setExcluded(start, "state", true);
    expect(noState.targets[0]?.columns).not.toHaveProperty("status");
    expect(noState.targets[0]?.skipWhenEmpty).toEqual(["login"]);
    expect(mappingProblems(noState)).toEqual([]);
    expect(setExcluded(start, "last", true).targets[0]?.columns).not.toHaveProperty("name");
  });

  it("excluding twice and back again leaves one and then none", () => {
    const twice = setExcluded(setExcluded(start, "name", true), "name", true);
    expect(twice.excluded).toEqual(["name"]);
    expect(setExcluded(twice, "name", false)).toEqual(start);
  });

  it("a word means something else, and again nothing", () => {
    const with2 = setMeaning(start, 0, "status", "off", "disabled");
    expect(with2.targets[0]?.columns.status).toEqual({ column: "state", values: { on: "active", off: "disabled" } });
    const none = setMeaning(setMeaning(with2, 0, "status", "on", null), 0, "status", "off", null);
    expect(none.targets[0]?.columns.status).toEqual({ column: "state" });
  });

  it("a stream added takes over columns of its own names, but never an excluded one", () => {
    const added = addTarget(start, "resources").targets.at(-1);
    expect(added).toEqual({ stream: "resources", columns: { name: { column: "name" } } });
    expect(addTarget(setExcluded(start, "name", true), "resources").targets.at(-1)?.columns).toEqual({});
    expect(removeTarget(addTarget(start, "resources"), 2)).toEqual(start);
  });

  it("taking a cell apart yields each named thing once, but never merges grants", () => {
    const entitlements = addTarget(start, "entitlements");
    expect(setSplit(entitlements, 2, { column: "groups", separator: "," }).targets[2]?.distinct).toBe(true);
    expect(setSplit(start, 1, { column: "groups", separator: "|" }).targets[1]).not.toHaveProperty("distinct");
    expect(setDistinct(setDistinct(start, 0, true), 0, false)).toEqual(start);
    expect(setSkipWhenEmpty(start, 0, []).targets[0]).not.toHaveProperty("skipWhenEmpty");
  });

  it("a choice of the list goes there and back, whatever the column is called", () => {
    const odd = { column: "constant" };
    expect(chosen(choiceOf(odd), undefined)).toEqual(odd);
    expect(chosen(choiceOf({ column: "" }), undefined)).toEqual({ column: "" });
    expect(chosen("", odd)).toBeNull();
    expect(chosen("template", { column: "first" })).toEqual({ template: "{first}" });
    expect(chosen("column:state", { column: "login", values: { on: "active" } })).toEqual({ column: "state", values: { on: "active" } });
    expect(choiceOf(undefined)).toBe("");
  });
});
