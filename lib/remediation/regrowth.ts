import type { Reviewable } from "#lib/campaigns/item-kinds.ts";
import type { Found, Met } from "./met.ts";

/** What of a verified decision is there again. What is only missing (a trust nobody uses any more) has not grown. */
export const backOf = (met: Met): readonly Found[] => (met.kind === "still" ? met.found : []);

/** What the follow-up asks about: each thing that is back, once, or the identity where nothing less shows it. */
export function reviewablesOf(found: readonly Found[], identityId: string | null): Reviewable[] {
  const all = found.flatMap(({ by }): Reviewable[] => (by ? [by] : identityId ? [{ kind: "identity", id: identityId }] : []));
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}

export const keyOf = ({ kind, id }: Reviewable): string => `${kind} ${id}`;

/** "Found by a sync: admin is held directly." What stood against a proof "still" is there; what came back is there "again". */
export const backText = (found: readonly Found[]): string =>
  `There again: ${found.map(({ what }) => what.replace(/\bstill /, "")).join("; ")}.`;
