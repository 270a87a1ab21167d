import type { ItemKind } from "./types.ts";

export const ITEM_KINDS = ["grant", "credential", "trust", "identity", "chain"] as const satisfies readonly ItemKind[];

/** What a scope asks about; where it does not say, as in every campaign from before there were others, it is grants alone. */
export const kindsOf = ({ kinds }: { kinds?: readonly ItemKind[] | undefined }): readonly ItemKind[] => kinds ?? ["grant"];
