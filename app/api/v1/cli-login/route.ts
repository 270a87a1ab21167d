import { defineRoute } from "#lib/actions/define-route.ts";
import { askCliLogin, POLL_SECONDS } from "#lib/auth/commands/tokens.ts";
import { askCliLoginInput } from "#lib/auth/schema.ts";
import { env } from "#lib/env.ts";

/** `countersign login` begins: a code to show, and a token that counts once somebody who is signed in has confirmed the code. */
export const POST = defineRoute(
  { name: "cli_login.ask", method: "POST", permission: "public", input: askCliLoginInput },
  async (ctx, { input }) => {
    const asked = await askCliLogin(ctx, input);
    const confirmUrl = new URL(`/cli-login?code=${asked.code}`, env().APP_ORIGIN).href;
    return { ...asked, confirmUrl, intervalSeconds: POLL_SECONDS };
  },
);
