import { expect, it } from "vitest";
import { credentialBars, factorBars, factorStrength, type GrantCount, privilegedGrants, useBars } from "./posture.ts";

const FACTORS = [
  { kind: "sms_or_voice", phishingResistant: "no", factors: 7 },
  { kind: "passkey", phishingResistant: "yes", factors: 2 },
  { kind: "passkey", phishingResistant: "unknown", factors: 1 },
  { kind: "retina", phishingResistant: "unknown", factors: 3 },
] as const;

it("draws factors from the strongest kind to the weakest, and leaves out kinds that nobody enrolled", () => {
  expect(factorBars(FACTORS)).toEqual([
    { label: "Passkey", href: "/posture?of=factors&kind=passkey", yes: 2, no: 0, unknown: 1 },
    { label: "SMS or voice", href: "/posture?of=factors&kind=sms_or_voice", yes: 0, no: 7, unknown: 0 },
    { label: "Unknown kind", href: "/posture?of=factors&kind=unknown", yes: 0, no: 0, unknown: 3 },
  ]);
});

it("counts factors of unknown strength as unknown, never as weak", () => {
  expect(factorStrength(FACTORS)).toEqual({ all: 13, resistant: 2, unknown: 4 });
});

it("shows every age of credentials, also where there is none, and the unknown apart", () => {
  const bars = credentialBars([
    { age: "older", lifetime: "never", credentials: 4 },
    { age: "unknown", lifetime: "unknown", credentials: 2 },
  ]);
  expect(bars.map(({ bounded, never, unknown }) => [bounded, never, unknown])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    [0, 4, 0],
    [0, 0, 2],
  ]);
});

const GRANTS: GrantCount[] = [
  { privileged: "yes", lastUsed: "month", grants: 5 },
  { privileged: "yes", lastUsed: "older", grants: 3 },
  { privileged: "yes", lastUsed: "never", grants: 2 },
  { privileged: "yes", lastUsed: "not_supported", grants: 11 },
  { privileged: "unknown", lastUsed: "month", grants: 4 },
  { privileged: "no", lastUsed: "month", grants: 100 },
];

it("calls privileged access stale only where it is known to be unused, and counts what nobody knows beside it", () => {
  expect(privilegedGrants(GRANTS)).toEqual({ all: 21, stale: 5, untold: 11, maybe: 4 });
});

it("adds the counts of several sources, and keeps not told apart from unknown", () => {
  const bars = useBars([...GRANTS, { privileged: "yes", lastUsed: "month", grants: 1 }]);
  expect(bars[0]).toMatchObject({ yes: 6, no: 100, unknown: 4 });
  expect(bars.at(-2)).toMatchObject({ label: "Unknown", yes: 0 });
  expect(bars.at(-1)).toMatchObject({ label: "Not told by the source", yes: 11 });
});

it("has the same sum as what it is drawn from", () => {
  const sum = useBars(GRANTS).reduce((total, { yes, no, unknown }) => total + yes + no + unknown, 0);
  expect(sum).toBe(GRANTS.reduce((total, { grants }) => total + grants, 0));
});
