import { expect, it } from "vitest";
import { DEMO_CORP_PEOPLE, demoCorpPeopleCsv } from "./demo-corp-people.ts";

it("has 25 people in three teams under one head, each named once", () => {
  expect(DEMO_CORP_PEOPLE).toHaveLength(25);
  expect(new Set(DEMO_CORP_PEOPLE.map(({ login }) => login)).size).toBe(25);
  const [head, ...rest] = DEMO_CORP_PEOPLE;
  expect(head?.manager).toBeNull();
  const managers = rest.filter(({ manager }) => manager === head?.id).map(({ id }) => id);
  expect(managers).toHaveLength(3);
  for (const manager of managers) expect(rest.filter((person) => person.manager === manager)).toHaveLength(7);
});

it("writes a file of which every manager and sponsor is in it, with one leaver and one contractor", () => {
  const [header, ...rows] = demoCorpPeopleCsv()
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  expect(header).toEqual([
    "external_id",
    "name",
    "mail",
    "user_name",
    "title",
    "department",
    "manager",
    "employment",
    "status",
    "started_on",
    "ended_on",
    "sponsor",
  ]);
  const ids = new Set(rows.map(([id]) => id));
  for (const row of rows) {
    expect(row).toHaveLength(12);
    for (const reference of [row[6], row[11]]) if (reference) expect(ids).toContain(reference);
  }
  expect(rows.filter((row) => row[8] === "left")).toHaveLength(1);
  const contractors = rows.filter((row) => row[7] === "contractor");
  expect(contractors).toHaveLength(1);
  expect(contractors[0]?.[10]).not.toBe("");
  expect(contractors[0]?.[11]).not.toBe("");
});
