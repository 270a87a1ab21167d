import { getDatabaseHealth } from "#lib/db/queries.ts";

/** Whether this process serves requests and reaches its database. Any host name may ask; it names no version and no address. */
export async function GET(): Promise<Response> {
  const { database, roleSeparation } = await getDatabaseHealth();
  const isWell = database === "reachable";
  const body = { status: isWell ? "ok" : "unavailable", database, role_separation: roleSeparation };
  return Response.json(body, { status: isWell ? 200 : 503, headers: { "cache-control": "no-store" } });
}
