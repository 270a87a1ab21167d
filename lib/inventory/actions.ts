"use server";
import { refresh } from "next/cache";
import { defineAction } from "#lib/actions/define-action.ts";
import { confirmMatch, correctMatch, refuseMatch, undoMatch } from "./commands/match-person.ts";
import { correctMatchInput, proposalInput, undoMatchInput } from "./schema.ts";

export const confirmMatchAction = defineAction(
  { name: "identity.confirm_match", permission: "person.match", input: proposalInput, transaction: "pg" },
  async (ctx, input) => {
    await confirmMatch(ctx, input);
    refresh();
  },
);

export const refuseMatchAction = defineAction(
  { name: "identity.refuse_match", permission: "person.match", input: proposalInput, transaction: "pg" },
  async (ctx, input) => {
    await refuseMatch(ctx, input);
    refresh();
  },
);

export const correctMatchAction = defineAction(
  { name: "identity.correct_match", permission: "person.match", input: correctMatchInput, transaction: "pg" },
  async (ctx, input) => {
    await correctMatch(ctx, input);
    refresh();
  },
);

export const undoMatchAction = defineAction(
  { name: "identity.undo_match", permission: "person.match", input: undoMatchInput, transaction: "pg" },
  async (ctx, input) => {
    await undoMatch(ctx, input);
    refresh();
  },
);
