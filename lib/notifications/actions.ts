"use server";

import { refresh } from "next/cache";
import { defineAction } from "#lib/actions/define-action.ts";
import { addEndpoint, removeEndpoint, rotateSecret } from "./commands/endpoints.ts";
import { markRead, setMailPreference } from "./commands/read.ts";
import { testEndpoint, testMail } from "./commands/test.ts";
import { mailCarrier } from "./mail-office.ts";
import { addEndpointInput, endpointInput, markReadInput, setPreferenceInput, testMailInput } from "./schema.ts";

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

export const addEndpointAction = defineAction(
  { name: "webhook.add", permission: "settings.manage", input: addEndpointInput, critical: true, transaction: "pg", answer: "once" },
  (ctx, input) => addEndpoint(ctx, input),
);

export const rotateSecretAction = defineAction(
  { name: "webhook.rotate_secret", permission: "settings.manage", input: endpointInput, critical: true, transaction: "pg", answer: "once" },
  (ctx, input) => rotateSecret(ctx, input),
);

export const removeEndpointAction = defineAction(
  { name: "webhook.remove", permission: "settings.manage", input: endpointInput, transaction: "pg" },
  async (ctx, input) => {
    await removeEndpoint(ctx, input);
    refresh();
  },
);

export const testEndpointAction = defineAction(
  { name: "webhook.test", permission: "settings.manage", input: endpointInput, transaction: "own" },
  (ctx, input) => testEndpoint(ctx, input),
);

export const testMailAction = defineAction(
  { name: "mail.test", permission: "settings.manage", input: testMailInput, transaction: "own" },
  (ctx) => testMail(ctx, mailCarrier()),
);
