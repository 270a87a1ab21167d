import { expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { readTieOuts } from "./tie-out.sql.ts";

ownTestDatabase();

it("sets a source's identities against the people that another source counts, every one in exactly one part", async () => {
  const hr = await make.makeSource("HR");
  const vendors = await make.makeSource("Vendors");
  const git = await make.makeSource("Git");
  const [ada, bo, cy, left] = [
    await make.makePerson(hr, { name: "Ada" }),
    await make.makePerson(hr, { name: "Bo" }),
    await make.makePerson(hr, { name: "Cy" }),
    await make.makePerson(hr, { name: "Left", status: "left" }),
  ];
  const vendor = await make.makePerson(vendors, { name: "Val" });
  for (const [name, personId] of Object.entries({ ada, "ada-admin": ada, bo, left, val: vendor, ghost: null }))
    await make.makeIdentity(git, { name, personId });
  await make.makeIdentity(git, { name: "robot", class: "service" });
  const gone = await make.makeIdentity(git, { name: "gone", personId: cy });
  await reader.rows(`UPDATE identities SET gone_at = now() WHERE id = $1::uuid`, [gone]);
  const ties = await readTieOuts(reader, [git.id, hr.id]);
  expect(ties).toHaveLength(2);
  expect(ties[0]).toEqual({
    sourceId: git.id,
    sourceName: "Git",
    peopleSourceId: hr.id,
    peopleSourceName: "HR",
    peopleDeclared: null,
    peopleInOffice: 3,
    withIdentity: 2,
    withoutIdentity: 1,
    identities: 6,
    ofPeopleInOffice: 3,
    ofPeopleWhoLeft: 1,
    ofOthers: 1,
    unmatched: 1,
  });
  for (const tie of ties) {
    expect(tie.withIdentity + tie.withoutIdentity).toBe(tie.peopleInOffice);
    expect(tie.ofPeopleInOffice + tie.ofPeopleWhoLeft + tie.ofOthers + tie.unmatched).toBe(tie.identities);
  }
});

it("tells nothing where one source alone tells of people", async () => {
  const only = await make.makeSource();
  await make.makeIdentity(only, { personId: await make.makePerson(only) });
  expect((await readTieOuts(reader, [only.id])).filter(({ peopleSourceId }) => peopleSourceId === only.id)).toEqual([]);
});
