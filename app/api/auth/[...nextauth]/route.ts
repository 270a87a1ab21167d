import { defineRoute } from "#lib/actions/define-route.ts";
import { runNextAuth } from "#lib/auth/next-auth.ts";

export const GET = defineRoute({ name: "auth.sign_in", method: "GET", permission: "public" }, (ctx, { request }) =>
  runNextAuth(ctx, request),
);

export const POST = defineRoute({ name: "auth.sign_in", method: "POST", permission: "public" }, (ctx, { request }) =>
  runNextAuth(ctx, request),
);
