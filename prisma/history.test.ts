import { expect, it } from "vitest";
import { type AppliedMigration, judgeHistory, type Verdict } from "./history.ts";

const onDisk = new Map([
  ["1_tables", "aa"],
  ["2_guards", "bb"],
]);
const applied = (name: string, checksum: string): AppliedMigration => ({ name, checksum, state: "applied" });

it.each<[string, AppliedMigration[], Verdict]>([
  ["an empty database gets everything", [], { kind: "go", unfinished: [], pending: ["1_tables", "2_guards"] }],
  ["a database of an earlier version gets the rest", [applied("1_tables", "aa")], { kind: "go", unfinished: [], pending: ["2_guards"] }],
  ["a current database gets nothing", [applied("1_tables", "aa"), applied("2_guards", "bb")], { kind: "go", unfinished: [], pending: [] }],
  ["an edited migration stops everything", [applied("1_tables", "a0")], { kind: "edited", name: "1_tables" }],
  [
    "a database of a newer version is left alone",
    [applied("1_tables", "aa"), applied("3_later", "cc")],
    { kind: "unknown", name: "3_later" },
  ],
  [
    "one that did not finish is run again, whatever it contained then",
    [applied("1_tables", "aa"), { name: "2_guards", checksum: "b0", state: "unfinished" }],
    { kind: "go", unfinished: ["2_guards"], pending: ["2_guards"] },
  ],
])("%s", (_name, given, expected) => {
  expect(judgeHistory(given, onDisk)).toEqual(expected);
});
