import { countText } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { RunRows } from "#lib/ingest/loaders.ts";
import type { RunView } from "#lib/ingest/queries.ts";
import { DifferencesTable } from "./differences-table.tsx";
import { RejectedTable } from "./rejected-table.tsx";

const NOTHING = { added: 0, changed: 0, ended: 0, unchanged: 0 };

/** What the run changed, or what it refused: one of the two long lists, at the end of the page. */
export function RunRowsSection({ run, rows, mayOpen }: { run: RunView; rows: RunRows; mayOpen: boolean }) {
  if (rows.kind === "none") return null;
  const rejected = run.streams.reduce((sum, stream) => sum + BigInt(stream.rejected), 0n);
  if (rows.kind === "differences") {
    const counts = run.streams.map(({ stream }) => ({ stream, counts: run.changes[stream] ?? NOTHING }));
    const other = <TextLink href="?show=rejected#rows">See the {countText(rejected)} refused records</TextLink>;
    return (
      <div id="rows">
        <Section title="Differences" aside={rows.hasOther ? other : undefined}>
          <DifferencesTable runId={run.id} {...rows.shown} counts={counts} first={rows.first} mayOpen={mayOpen} />
        </Section>
      </div>
    );
  }
  const refusing = run.streams.filter((stream) => stream.rejected !== "0");
  const total = refusing.find(({ stream }) => stream === rows.stream)?.rejected ?? rejected.toString();
  return (
    <div id="rows">
      <Section
        title="Refused records"
        aside={rows.hasOther ? <TextLink href="?show=differences#rows">See the differences</TextLink> : undefined}
      >
        <RejectedTable
          runId={run.id}
          stream={rows.stream}
          streams={refusing.map(({ stream }) => stream)}
          total={total}
          first={rows.first}
        />
      </Section>
    </div>
  );
}
