import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { startProviderStepUp } from "#lib/auth/provider-step-up.ts";

const query = z.strictObject({ action: z.string(), binding: z.string(), returnTo: z.string().max(2000).default("/") });

/** Where an OIDC user goes to confirm a critical action. */
export const GET = defineRoute({ name: "auth.start_step_up", method: "GET", permission: "self.manage", query }, (ctx, given) =>
  startProviderStepUp(ctx, given.query),
);
