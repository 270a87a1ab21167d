import "server-only";
import { createHmac, timingSafeEqual } from "node:crypto";
import { env } from "#lib/env.ts";
import { invalid } from "#lib/errors/domain-error.ts";

/**
 * Keyset cursors: opaque to callers and signed, so that nobody reads a place in a list that they were not handed. `list` names the list and
 * its filter: a cursor of one list is refused by another.
 */
export function encodeCursor(list: string, place: readonly (string | number)[]): string {
  const payload = Buffer.from(JSON.stringify(place)).toString("base64url");
  return `${payload}.${macOf(list, payload)}`;
}

export function decodeCursor(list: string, cursor: string): (string | number)[] {
  const [payload = "", mac = "", ...rest] = cursor.split(".");
  const expected = Buffer.from(macOf(list, payload));
  const given = Buffer.from(mac);
  if (rest.length > 0 || expected.length !== given.length || !timingSafeEqual(expected, given))
    throw invalid("This cursor is not one that this list handed out. Start again from the first page.");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as (string | number)[];
}

const macOf = (list: string, payload: string): string =>
  createHmac("sha256", env().NEXTAUTH_SECRET).update(`cursor\n${list}\n${payload}`).digest("base64url").slice(0, 22);
