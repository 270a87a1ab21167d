import { COMPANY, employeeOf, isHere } from "./company.ts";
import type { Records, World } from "./exports.ts";
import { grantRecords, type Held, lastUsed } from "./span.ts";
import type { Story } from "./story.ts";

/** The artifact store: its export is made by hand, so nobody attests it, and one day it was cut short. */
export const STOCKROOM: World = {
  name: "Stockroom artifacts",
  format: "csv",
  streams: ["identities", "resources", "entitlements", "grants"],
};

const STORES = [
  { id: "images", name: "Container images", environment: "prod", sensitivity: "confidential" },
  { id: "packages", name: "Packages", environment: "shared", sensitivity: "internal" },
] as const;

const isUser = ({ department }: { department: string }) => ["Payments", "Data", "Platform"].includes(department);
const BOTS = ["publisher", "mirror"] as const;

const users = (day: number) => COMPANY.filter((employee) => isUser(employee) && isHere(employee, day));

/** `cut` is how much of the export arrived. */
export function stockroomRecords(story: Story, day: number, at: Date, cut = 1): Records {
  const people = users(day);
  const held: Held[] = [
    ...people.map(({ login }) => ({ holder: login, entitlement: "packages:pull" })),
    ...people.filter(({ department }) => department === "Platform").map(({ login }) => ({ holder: login, entitlement: "images:push" })),
    { holder: "publisher", entitlement: "images:push" },
    { holder: "publisher", entitlement: "packages:push" },
    { holder: "mirror", entitlement: "packages:pull" },
    { holder: "pavel_novak", entitlement: "images:admin", use: 51 },
  ];
  const names = [...new Set(held.map(({ holder }) => holder))];
  const arrived = new Set(names.slice(0, Math.ceil(names.length * cut)));
  return {
    identities: [
      ...people.map(({ login, name, mail }) => ({
        external_id: login,
        name,
        login,
        mail,
        class: "human",
        status: "active",
        interactive: "yes",
      })),
      ...BOTS.map((id) => ({
        external_id: id,
        name: id,
        class: "service",
        status: "active",
        owner: employeeOf("ingrid_vass").mail,
        interactive: "no",
      })),
    ]
      .filter(({ external_id }) => arrived.has(external_id))
      .map((record) => ({ ...record, last_used: lastUsed(story, "daily", at, `stockroom ${record.external_id}`) })),
    resources: STORES.map(({ id, ...rest }) => ({
      external_id: id,
      class: "artifact_store",
      owner: employeeOf("ingrid_vass").id,
      ...rest,
    })),
    entitlements: STORES.flatMap(({ id, name }) => [
      { external_id: `${id}:pull`, resource: id, name: `Pull from ${id}`, meaning: `Download from ${name}`, privileged: "no" },
      {
        external_id: `${id}:push`,
        resource: id,
        name: `Push to ${id}`,
        meaning: `Publish to ${name}: what others will run`,
        privileged: "yes",
      },
      {
        external_id: `${id}:admin`,
        resource: id,
        name: `Administrator of ${id}`,
        meaning: `Delete from ${name}, and change who may`,
        privileged: "yes",
      },
    ]),
    grants: grantRecords(story, held, day, at).filter(({ holder }) => arrived.has(holder ?? "")),
  };
}
