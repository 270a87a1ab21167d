/** `__Host-`: only this very origin can set it, over a secure channel or on loopback. It holds an opaque value and nothing about the user. */
export const SIGN_IN_COOKIE = "__Host-countersign.sign-in";

export const COOKIE_OPTIONS = { httpOnly: true, sameSite: "lax", path: "/", secure: true } as const;

/** Absolute and idle life of a sign-in. Both are judged by the database's clock. */
export const SIGN_IN_HOURS = 12;
export const IDLE_MINUTES = 30;

/** One cookie's value from a Cookie header; null where it is not there, "" where it is empty. */
export function cookieOf(header: string | null, name: string): string | null {
  for (const part of header?.split(";") ?? []) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return decoded(part.slice(at + 1).trim());
  }
  return null;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
