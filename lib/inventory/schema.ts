import { z } from "zod";

const id = z.uuid();
const reason = z.string().trim().min(1).max(2_000);

export const proposalInput = z.strictObject({ matchId: id });
export type ProposalInput = z.input<typeof proposalInput>;

export const correctMatchInput = z.strictObject({ identityId: id, personId: id, reason });
export type CorrectMatchInput = z.input<typeof correctMatchInput>;

export const undoMatchInput = z.strictObject({ identityId: id, reason });
export type UndoMatchInput = z.input<typeof undoMatchInput>;
