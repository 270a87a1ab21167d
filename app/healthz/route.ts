import { defineRoute } from "#lib/actions/define-route.ts";
import { getDatabaseHealth } from "#lib/db/queries.ts";

/** Whether this process serves requests and reaches its database. Any host name may ask; it names no version and no address. */
export const GET = defineRoute({ name: "health.get", method: "GET", permission: "public" }, async () => {
  const { database, roleSeparation } = await getDatabaseHealth();
  const isWell = database === "reachable";
  return Response.json(
    { status: isWell ? "ok" : "unavailable", database, role_separation: roleSeparation },
    { status: isWell ? 200 : 503 },
  );
});
