import { defineRoute } from "#lib/actions/define-route.ts";
import { endProviderStepUp } from "#lib/auth/provider-step-up.ts";

/** Where the identity provider sends the user back to; registered there beside /api/auth/callback/oidc. */
export const GET = defineRoute({ name: "auth.end_step_up", method: "GET", permission: "self.manage" }, (ctx, { request }) =>
  endProviderStepUp(ctx, request),
);
