import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { streamLabel } from "#components/connectors/stream-words.ts";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Changes, ChangesByStream } from "#lib/ingest/types.ts";
import { STREAM_NAMES, type Stream } from "#lib/inventory/streams.ts";

type Row = Changes & { stream: Stream };

/** What a run changed by stream; of a held one, what it would. Each number of an applied run leads to its rows. */
export function ChangesTable({ changes, isApplied }: { changes: ChangesByStream; isApplied: boolean }) {
  const rows = STREAM_NAMES.flatMap((stream): Row[] => (changes[stream] ? [{ stream, ...changes[stream] }] : []));
  const column = (kind: "added" | "changed" | "ended", header: string) => ({
    id: kind,
    header,
    align: "end" as const,
    cell: (row: Row) =>
      isApplied && row[kind] > 0 ? (
        <TextLink href={`?stream=${row.stream}&kind=${kind}#rows`}>{countText(row[kind])}</TextLink>
      ) : (
        countText(row[kind])
      ),
  });
  const columns = [
    { id: "stream", header: "Stream", cell: (row: Row) => streamLabel(row.stream) },
    column("added", isApplied ? "Added" : "Would add"),
    column("changed", isApplied ? "Changed" : "Would change"),
    column("ended", isApplied ? "Ended" : "Would end"),
    { id: "unchanged", header: "Unchanged", align: "end" as const, cell: (row: Row) => countText(row.unchanged) },
  ];
  return <FiguresTable caption="Changes by stream" columns={columns} rows={rows} getRowId={(row) => row.stream} />;
}
