import { streamLabel } from "#components/connectors/stream-words.ts";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import type { FileMapping } from "#lib/connectors/files/mapping.ts";

const DELIMITERS = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" } as const;

/** Which file feeds what, as it is saved. */
export function MappingSummary({ files }: { files: readonly FileMapping[] }) {
  return (
    <DefinitionList
      facts={files.map(({ name, format, targets, excluded }) => ({
        term: name,
        value: [
          format.kind === "csv" ? `CSV by ${DELIMITERS[format.delimiter]}` : "JSON Lines",
          `tells ${[...new Set(targets.map(({ stream }) => streamLabel(stream).toLowerCase()))].join(", ") || "nothing"}`,
          excluded.length > 0 ? `never read: ${excluded.join(", ")}` : "every column may be read",
        ].join(" · "),
      }))}
    />
  );
}
