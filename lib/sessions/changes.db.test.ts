import { expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { assumeRole, call, callAs, logOf } from "#lib/testing/trail.ts";
import { operatorCtx } from "#lib/testing/users.ts";
import { readLoggedChanges } from "./changes.sql.ts";
import { importAccessEvents } from "./commands/import-events.ts";

ownTestDatabase();

const since = new Date("2026-10-01T00:00:00Z");
const intake = (source: make.TestSource, records: readonly unknown[]) =>
  importAccessEvents(operatorCtx(), { sourceId: source.id, name: "trail.json" }, logOf(records));

async function world() {
  const source = await make.makeSource();
  const robot = await make.makeIdentity(source, { name: "robot", class: "pipeline" });
  const role = await make.makeIdentity(source, { name: "deploy", class: "workload" });
  return { source, robot, role, of: (identityId: string) => readLoggedChanges(reader, { sourceId: source.id, identityId, since }) };
}
const inSession = { role: "deploy", session: "robot", since: "2026-11-02T08:00:00Z" };

it("tells nothing of a source whose log nobody read", async () => {
  const { robot, of } = await world();
  expect(await of(robot)).toEqual({ log: null, last: null });
});

it("tells the latest change that went through, and how far the log reaches; reads, refusals and what is older are none", async () => {
  const { source, robot, of } = await world();
  await intake(source, [
    call("a", "2026-09-01T08:00:00Z", "robot", "UpdateFunctionCode", "lambda"),
    call("b", "2026-11-01T08:00:00Z", "robot", "DescribeInstances"),
    { ...call("c", "2026-11-01T09:00:00Z", "robot", "DeleteBucket", "s3"), errorCode: "AccessDenied" },
    call("d", "2026-11-03T08:00:00Z", "somebody-else", "UpdateFunctionCode", "lambda"),
    call("e", "2026-11-04T08:00:00Z", "robot", "Query", "dynamodb"),
  ]);
  const log = { from: new Date("2026-09-01T08:00:00Z"), until: new Date("2026-11-04T08:00:00Z") };
  expect(await of(robot)).toEqual({ log, last: null });
  await intake(source, [
    call("f", "2026-11-01T10:00:00Z", "robot", "UpdateFunctionCode", "lambda"),
    call("g", "2026-11-01T11:00:00Z", "robot", "AttachRolePolicy", "iam"),
  ]);
  expect(await of(robot)).toEqual({ log, last: { at: new Date("2026-11-01T11:00:00Z"), action: "iam:AttachRolePolicy" } });
});

it("counts what was done in a session that the identity elevated into, for both", async () => {
  const { source, robot, role, of } = await world();
  await intake(source, [
    assumeRole("a", "2026-11-02T08:00:00Z", "robot", "deploy"),
    callAs("b", "2026-11-02T08:10:00Z", inSession, "UpdateService", "ecs"),
  ]);
  const last = { at: new Date("2026-11-02T08:10:00Z"), action: "ecs:UpdateService" };
  expect([(await of(robot)).last, (await of(role)).last]).toEqual([last, last]);
});
