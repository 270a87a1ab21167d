"use server";

import { refresh } from "next/cache";
import { defineAction } from "#lib/actions/define-action.ts";
import { markRead, setMailPreference } from "./commands/read.ts";
import { markReadInput, setPreferenceInput } from "./schema.ts";

export const markReadAction = defineAction(
  { name: "notification.read", permission: "self.manage", input: markReadInput, transaction: "pg" },
  async (ctx, input) => {
    const read = await markRead(ctx, input);
    refresh();
    return read;
  },
);

export const setMailPreferenceAction = defineAction(
  { name: "notification.set_preference", permission: "self.manage", input: setPreferenceInput, transaction: "pg" },
  async (ctx, input) => {
    await setMailPreference(ctx, input);
    refresh();
  },
);
