import "server-only";
import type { SourceScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Found } from "#lib/inventory/search.sql.ts";

const EACH = 5;

/** Sources by a part of their name, those that begin with it first. */
export const searchSources = (_scope: SourceScope, typed: string): Promise<Found[]> =>
  reader.rows<Found>(
    `SELECT s.id, s.name, concat_ws(', ', s.kind, nullif(s.state::text, 'active')) AS detail FROM sources s WHERE s.name ILIKE $1::text
     ORDER BY starts_with(lower(s.name), lower($2::text)) DESC, s.name COLLATE "C", s.id LIMIT ${EACH}`,
    [`%${typed.replace(/[\\%_]/g, "\\$&")}%`, typed],
  );
