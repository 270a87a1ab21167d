import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { bytesText } from "#components/connectors/bytes-text.ts";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { RawId } from "#components/ui/raw-id.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { SourceFileView } from "#lib/ingest/queries.ts";
import classes from "./ingest.module.css";

const columns = [
  { id: "name", header: "File", cell: (file: SourceFileView) => <FileName file={file} /> },
  { id: "size", header: "Size", align: "end" as const, cell: (file: SourceFileView) => bytesText(file.bytes) },
  { id: "uploaded", header: "Uploaded", cell: (file: SourceFileView) => <Moment at={file.uploadedAt} show="instant" /> },
  { id: "by", header: "By", cell: (file: SourceFileView) => file.provenance.uploader },
  {
    id: "exported",
    header: "Exported",
    cell: (file: SourceFileView) =>
      file.provenance.exportedAt ? (
        <Moment at={file.provenance.exportedAt} show="instant" />
      ) : (
        <span className={classes.dimmed}>not said: the upload counts</span>
      ),
  },
  { id: "made", header: "How it was made", cell: (file: SourceFileView) => <Made file={file} /> },
  {
    id: "digest",
    header: "SHA-256",
    cell: (file: SourceFileView) => <RawId value={file.sha256} label={`SHA-256 of ${file.name}`} short />,
  },
];

function FileName({ file: { name, provenance } }: { file: SourceFileView }) {
  return (
    <>
      {name}
      {provenance.mappedAs && provenance.mappedAs !== name && <span className={classes.dimmed}> read as {provenance.mappedAs}</span>}
    </>
  );
}

function Made({ file: { provenance } }: { file: SourceFileView }) {
  const { attestation } = provenance;
  if (!attestation) return <ToneText tone="unknown">unattested</ToneText>;
  return (
    <details className={classes.note}>
      <summary>
        {attestation.tool} {attestation.version}
      </summary>
      As {attestation.identity}: <code>{attestation.command}</code>
    </details>
  );
}

const idOf = (file: SourceFileView) => file.id;

/** Uploaded files, newest first, with who says what of how they came to be. What newer ones took the place of is folded away. */
export function FilesTable({ files }: { files: readonly SourceFileView[] }) {
  const current = files.filter(({ isCurrent }) => isCurrent);
  const replaced = files.filter(({ isCurrent }) => !isCurrent);
  return (
    <>
      {current.length > 0 && (
        <FiguresTable caption="Files that syncs read, newest first" columns={columns} rows={current} getRowId={idOf} />
      )}
      {replaced.length > 0 && (
        <details className={classes.older}>
          <summary>{counted(replaced.length, "file")} that newer ones replaced</summary>
          <FiguresTable caption="Replaced files, newest first" columns={columns} rows={replaced} getRowId={idOf} />
        </details>
      )}
    </>
  );
}
