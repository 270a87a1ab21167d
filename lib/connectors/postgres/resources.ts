import type { StreamRecord } from "#lib/inventory/streams.ts";
import { type CommentTags, commentTags } from "./comment-tags.ts";
import { databaseKey, groupKey, SERVER, schemaKey } from "./keys.ts";
import { readSchemas } from "./schemas.sql.ts";
import { Collected, listed, type Section } from "./sections.ts";
import { RULES, type Server } from "./server.ts";

export function resourceSections(server: Server): Section[] {
  const { settings } = server;
  const place = (tags: CommentTags, over: CommentTags = {}): StreamRecord => ({
    environment: tags.environment ?? over.environment ?? settings.environment,
    sensitivity: tags.sensitivity ?? over.sensitivity ?? settings.sensitivity,
    owner: tags.owner ?? over.owner ?? null,
  });
  const top = { external_id: SERVER, name: `${settings.host}:${settings.port}`, class: "database", parent: null, ...place({}) };
  return [
    listed(
      0,
      [top],
      () => 0,
      (record, into) => {
        into.records.push(record);
      },
    ),
    listed(
      1,
      server.databases,
      ({ oid }) => oid,
      ({ name, tags, exclusion }, into) => {
        if (exclusion) into.exclude(exclusion);
        else into.records.push({ external_id: databaseKey(name), name, class: "database", parent: SERVER, ...place(tags) });
      },
    ),
    listed(
      2,
      server.roles,
      ({ oid }) => oid,
      ({ oid, name, tags, exclusion, isGroup }, into) => {
        const rule = exclusion ?? (isGroup ? null : RULES.nobody);
        if (rule) into.exclude(rule);
        else into.records.push({ external_id: groupKey(oid), name, class: "role", parent: SERVER, ...place(tags) });
      },
    ),
    ...[...server.entered].map(
      ([database, session]): Section => ({
        rank: 3,
        database,
        async read(after, limit) {
          const parent = server.databases.find(({ name }) => name === database);
          const rows = await readSchemas(session, String(after?.[0] ?? ""), limit);
          const into = new Collected();
          for (const { name, comment } of rows) {
            if (isSystemSchema(name)) into.exclude(RULES.systemSchema);
            else
              into.records.push({
                external_id: schemaKey(database, name),
                name: `${database}.${name}`,
                class: "database",
                parent: databaseKey(database),
                ...place(commentTags(comment), parent?.tags),
              });
          }
          return into.slice(rows, limit, ({ name }) => [name]);
        },
      }),
    ),
  ];
}

/** Names that start with pg_ are PostgreSQL's to give. */
export const isSystemSchema = (name: string): boolean => name.startsWith("pg_") || name === "information_schema";
