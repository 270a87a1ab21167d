import type { ItemKind } from "./types.ts";

export const ITEM_KINDS = ["grant", "credential", "trust", "identity", "chain"] as const satisfies readonly ItemKind[];

/** Those that have a subject of their own, and no grant. */
export const SUBJECT_KINDS = ["credential", "trust", "identity", "chain"] as const satisfies readonly ItemKind[];
/** One thing that may be under review: a grant by its own id, whatever else by its subject's. */
export type Reviewable = { kind: ItemKind; id: string };

/** What a scope asks about; where it does not say, as in every campaign from before there were others, it is grants alone. */
export const kindsOf = ({ kinds }: { kinds?: readonly ItemKind[] | undefined }): readonly ItemKind[] => kinds ?? ["grant"];
