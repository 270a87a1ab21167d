/** What keeps the database from working, where an error says that it does not: gone (or going), out of space, or out of connections. */
export type Outage = "unreachable" | "full" | "busy";

const UNREACHABLE = /^(08...|57P0[1-5]|P1001|P1002|P1008|P1017|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;
const FULL = /^(53100|ENOSPC|EDQUOT)$/;
const BUSY = /^(53000|53200|53300|P2024|P2037)$/;
/** The driver's own errors have no code. */
const BROKEN_OFF =
  /Connection terminated|not queryable|connection error|Connection ended|Server has closed the connection|Can't reach database server/;

/** Looks through the wrappings of an error: Prisma and the driver each put the cause somewhere else. */
export function outageOf(error: unknown): Outage | null {
  for (const { code, message } of layersOf(error)) {
    if (FULL.test(code)) return "full";
    if (BUSY.test(code)) return "busy";
    if (UNREACHABLE.test(code) || BROKEN_OFF.test(message)) return "unreachable";
  }
  return null;
}

type Layer = { code: string; message: string };
const DEPTH = 6;

function layersOf(error: unknown, depth = 0): Layer[] {
  if (typeof error !== "object" || error === null || depth > DEPTH) return [];
  const { code, originalCode, message, originalMessage, meta, cause, driverAdapterError } = error as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return [
    { code: text(code), message: text(message) },
    { code: text(originalCode), message: text(originalMessage) },
    ...[meta, driverAdapterError, cause].flatMap((inner) => layersOf(inner, depth + 1)),
  ];
}
