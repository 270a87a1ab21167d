import { defineRoute } from "#lib/actions/define-route.ts";
import { pollCliLogin } from "#lib/auth/queries.ts";
import { pollCliLoginInput } from "#lib/auth/schema.ts";

/** Whether the code was confirmed. Only who holds the token can ask. */
export const POST = defineRoute(
  { name: "cli_login.poll", method: "POST", permission: "public", input: pollCliLoginInput },
  (_ctx, { input }) => pollCliLogin(input.pollToken),
);
