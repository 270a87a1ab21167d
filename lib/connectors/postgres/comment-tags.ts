import { z } from "zod";
import { ENVIRONMENTS, IDENTITY_CLASSES, ORIGINS, SENSITIVITIES } from "#lib/inventory/streams.ts";

const text = z.string().min(1).max(1000).optional().catch(undefined);

const tags = z.object({
  class: z.enum(IDENTITY_CLASSES).optional().catch(undefined),
  person: text,
  mail: text,
  owner: text,
  backup_owner: text,
  purpose: text,
  origin: z.enum(ORIGINS).optional().catch(undefined),
  environment: z.enum(ENVIRONMENTS).optional().catch(undefined),
  sensitivity: z.enum(SENSITIVITIES).optional().catch(undefined),
});
export type CommentTags = z.infer<typeof tags>;

const MARK = /(?:^|\s)countersign:([^\n]*)/;
const PAIR = /([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g;

/**
 * What the people who run the database say of a role, database or schema in its COMMENT:
 * `countersign: class=service owner=mail@example.org purpose="Sends invoices"`. PostgreSQL has no other place for it, and only those who
 * may alter the object may write it. A word that is in no vocabulary counts as not said: it never turns into a guess.
 */
export function commentTags(comment: string | null): CommentTags {
  const line = comment?.match(MARK)?.[1];
  if (!line) return {};
  const pairs = [...line.matchAll(PAIR)].map(([, key = "", quoted, bare]) => [key, quoted?.replaceAll(/\\(.)/g, "$1") ?? bare]);
  return tags.parse(Object.fromEntries(pairs));
}
