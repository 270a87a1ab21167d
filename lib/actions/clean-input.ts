const MAX_DEPTH = 32;

/**
 * Strings from outside, cleaned once at the edge: NUL, which PostgreSQL cannot hold, goes, and half characters become U+FFFD. Everything else
 * stays as it was sent, for the schema to judge.
 */
export function cleanInput(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.replaceAll("\u0000", "").toWellFormed();
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((each) => cleanInput(each, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cleanInput(each, depth + 1)]));
}
