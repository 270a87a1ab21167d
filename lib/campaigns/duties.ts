import { z } from "zod";
import { word } from "./duty-words.ts";

/*
 * Separation of duties: two sides that one person should not hold together. A side is told by what an entitlement is on and what its name,
 * its id in the source or its meaning say. The default pairs can be replaced by the setting campaign.toxic_pairs.
 */

const side = z.strictObject({
  /** What holding it lets somebody do, to be read after "can". */
  can: z.string().trim().min(1).max(120),
  /** Empty: of any class, of any environment. */
  resourceClasses: z.array(z.string()).max(20).default([]),
  environments: z.array(z.string()).max(5).default([]),
  /** A regular expression of PostgreSQL, whatever the case of letters. */
  says: z.string().min(1).max(400),
});
export const toxicPair = z.strictObject({
  id: z.string().regex(/^[a-z][a-z_]{1,40}$/),
  /** Why the two do not go together. */
  why: z.string().trim().min(1).max(200),
  /** same_resource: only where both sides are on one resource. */
  where: z.enum(["anywhere", "same_resource"]),
  sides: z.tuple([side, side]),
});
export const MAX_PAIRS = 15;
export const toxicPairs = z
  .array(toxicPair)
  .max(MAX_PAIRS)
  .refine((pairs) => new Set(pairs.map(({ id }) => id)).size === pairs.length, "Each pair needs an id of its own.");

/** A set of them as a file: docs/operations.md. */
export const dutiesFile = z.strictObject({ version: z.literal(1), pairs: toxicPairs });

export const setToxicPairsInput = z.strictObject({
  pairs: toxicPairs,
  reason: z.string().trim().min(3).max(2000).nullable().default(null),
});
export const addToxicPairInput = z.strictObject({
  pair: toxicPair,
  reason: z.string().trim().min(3, "Say why, in a few words.").max(2000),
});
export const endToxicPairInput = z.strictObject({ pairId: z.string().max(60), reason: addToxicPairInput.shape.reason });

export type ToxicPair = z.infer<typeof toxicPair>;

export const DEFAULT_TOXIC_PAIRS: readonly ToxicPair[] = [
  {
    id: "develop_and_deploy",
    why: "who writes a change should not also bring it into production",
    where: "anywhere",
    sides: [
      { can: "change code", resourceClasses: ["code_repo"], environments: [], says: word("write", "push", "maintain", "commit", "admin") },
      {
        can: "deploy to production",
        resourceClasses: ["deployment_target", "build_server", "cluster"],
        environments: ["prod"],
        says: word("deploy", "release", "promote", "ship"),
      },
    ],
  },
  {
    id: "request_and_approve",
    why: "who asks for something should not also approve it",
    where: "same_resource",
    sides: [
      { can: "request", resourceClasses: [], environments: [], says: word("request", "submit", "initiat", "prepar") },
      { can: "approve", resourceClasses: [], environments: [], says: word("approv", "authori[sz]e", "sign.?off") },
    ],
  },
  {
    id: "pay_and_name_payees",
    why: "who pays should not also decide whom there is to pay",
    where: "anywhere",
    sides: [
      {
        can: "change vendors",
        resourceClasses: [],
        environments: [],
        says: `${word("vendor", "supplier", "payee")}.*(write|edit|maintain|admin|create)`,
      },
      {
        can: "make payments",
        resourceClasses: [],
        environments: [],
        says: `${word("payment", "payout")}.*(write|send|make|run|create|release)`,
      },
    ],
  },
];
