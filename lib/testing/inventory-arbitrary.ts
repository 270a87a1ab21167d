import fc from "fast-check";
import type { StreamRecord } from "#lib/inventory/streams.ts";
import type { MemoryInventory } from "./memory-connector.ts";

const idFrom = (prefix: string, count: number) => fc.nat({ max: count - 1 }).map((n) => `${prefix}${n}`);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const text = fc.constantFrom("a", "b", "it's", 'say "hi"', "back\\slash", "tab\there", "two\nlines", "ünïcödé", " spaced ", "\\N", "");
const moment = fc.constantFrom(
  "2025-03-01T10:00:00Z",
  "2025-03-01T10:00:00.123456Z",
  "2024-02-29",
  "2025-03-01 12:00:00+02:00",
  "never",
  "unknown",
  "not_supported",
  "2025-02-30T10:00:00Z",
  "2025-03-01T10:00:00",
  "yesterday",
);
const fact = fc.constantFrom("yes", "no", "unknown", "perhaps");

/** Small universes with much repetition, so that keys collide, references dangle and successive reads overlap. Each stream keeps one sound record: an empty one is the gate's business. */
export const someInventory: fc.Arbitrary<MemoryInventory> = fc
  .record({
    people: fc.array(
      fc.record({
        external_id: maybe(idFrom("p", 5)),
        name: text,
        mail: maybe(fc.constantFrom("x@corp.example", "X@corp.example", "y@corp.example")),
        manager: maybe(idFrom("p", 7)),
        status: maybe(fc.constantFrom("active", "left", "asleep")),
        started_on: maybe(fc.constantFrom("2024-02-29", "2023-02-29", "2020-01-01")),
      }),
      { maxLength: 7 },
    ),
    identities: fc.array(
      fc.record({
        external_id: maybe(idFrom("i", 6)),
        name: text,
        class: maybe(fc.constantFrom("human", "service", "robot")),
        person: maybe(idFrom("p", 5)),
        mail: maybe(fc.constantFrom("x@corp.example", "y@corp.example")),
        owner: maybe(fc.constantFrom("p1", "y@corp.example")),
        created: maybe(moment),
        last_used: maybe(moment),
      }),
      { maxLength: 8 },
    ),
    resources: fc.array(fc.record({ external_id: idFrom("r", 3), name: text, parent: maybe(idFrom("r", 4)) }), { maxLength: 4 }),
    entitlements: fc.array(
      fc.record({
        external_id: idFrom("e", 5),
        name: text,
        resource: maybe(idFrom("r", 4)),
        privileged: maybe(fact),
        contents: maybe(text),
      }),
      { maxLength: 7 },
    ),
    grants: fc.array(
      fc.record({
        holder_kind: maybe(fc.constantFrom("identity", "entitlement", "group")),
        holder: maybe(fc.oneof(idFrom("i", 6), idFrom("e", 5))),
        entitlement: maybe(idFrom("e", 6)),
        expires: maybe(moment),
        last_used: maybe(moment),
        reason: maybe(text),
      }),
      { maxLength: 14 },
    ),
    factors: fc.array(
      fc.record({
        external_id: idFrom("f", 3),
        identity: maybe(idFrom("i", 7)),
        kind: maybe(fc.constantFrom("passkey", "push")),
        enrolled: maybe(moment),
      }),
      { maxLength: 4 },
    ),
  })
  .map((drawn) => ({
    people: [...(drawn.people as StreamRecord[]), { external_id: "p-sound", name: "Sound" }],
    identities: [...(drawn.identities as StreamRecord[]), { external_id: "i-sound", name: "sound" }],
    resources: [...(drawn.resources as StreamRecord[]), { external_id: "r-sound", name: "sound" }],
    entitlements: [...(drawn.entitlements as StreamRecord[]), { external_id: "e-sound", name: "sound" }],
    grants: [...(drawn.grants as StreamRecord[]), { holder: "i-sound", entitlement: "e-sound" }],
    factors: [...(drawn.factors as StreamRecord[]), { external_id: "f-sound", identity: "i-sound" }],
  }));
