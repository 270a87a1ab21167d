"use client";

import { Button, Checkbox, Menu, NativeSelect, Skeleton } from "@mantine/core";
import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { Reasons } from "#components/ui/reasons.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { CsvFormat, FileFormat, FileMapping } from "#lib/connectors/files/mapping.ts";
import type { FilePreview } from "#lib/connectors/files/preview.ts";
import { STREAM_NAMES } from "#lib/inventory/streams.ts";
import { bytesText } from "./bytes-text.ts";
import classes from "./mapping.module.css";
import { addTarget, setExcluded } from "./mapping-draft.ts";
import { STREAM_WORDS } from "./stream-words.ts";
import { TargetCard } from "./target-card.tsx";

const DELIMITERS: Readonly<Record<CsvFormat["delimiter"], string>> = { ",": "comma ,", ";": "semicolon ;", "\t": "tab", "|": "bar |" };
const QUOTES: Readonly<Record<CsvFormat["quote"], string>> = { '"': 'double "', "'": "single '", "": "none" };

type FilePanelProps = {
  name: string;
  preview: FilePreview | undefined;
  mapping: FileMapping | null;
  failure: string | null;
  /** A newer answer is on its way: what is shown is of the mapping before. */
  isStale: boolean;
  onMapping: (mapping: FileMapping) => void;
  onFormat: (format: FileFormat) => void;
};

/** What one file is, and what becomes of it. */
export function FilePanel({ name, preview, mapping, failure, isStale, onMapping, onFormat }: FilePanelProps) {
  if (!preview || !mapping) {
    return (
      <section className={classes.file} aria-label={name}>
        <h3 className={classes.fileTitle}>{name}</h3>
        {failure ? <ToneText tone="warning">{failure}</ToneText> : <Skeleton height={160} aria-label={`Reading ${name}`} />}
      </section>
    );
  }
  // Of a file whose rows cannot be read, only what is wrong with it is worth saying.
  const isShown = preview.rowsRead > 0;
  const unused = STREAM_NAMES.filter((stream) => !mapping.targets.some((target) => target.stream === stream));
  return (
    <section className={classes.file} aria-label={name} aria-busy={isStale}>
      <header>
        <h3 className={classes.fileTitle}>{name}</h3>
        <p className={classes.facts}>{factsOf(preview)}</p>
      </header>
      {failure && <ToneText tone="warning">{failure}</ToneText>}
      <FormatFields format={mapping.format} onFormat={onFormat} />
      <Problems preview={preview} />
      {preview.rows.length > 0 && <SampleRows preview={preview} />}
      {isShown && mapping.columns.length > 0 && <ColumnsRead mapping={mapping} preview={preview} onChange={onMapping} />}
      {isShown && preview.isSuggested && preview.reasons.length > 0 && (
        <div>
          <p className={classes.hint}>Why the mapping below is proposed. Nothing is imported before you say so.</p>
          <Reasons label="Reasons of the proposal" reasons={preview.reasons.map((text) => ({ text }))} />
        </div>
      )}
      {(isShown ? mapping.targets : []).map((target, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a target is its place; two of one stream may be alike
        <TargetCard key={`${target.stream}-${index}`} {...{ mapping, index, target, preview }} onChange={onMapping} />
      ))}
      {isShown && unused.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="default" className={classes.add}>
              {mapping.targets.length === 0 ? "Choose what this file tells" : "This file also tells…"}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {unused.map((stream) => (
              <Menu.Item key={stream} onClick={() => onMapping(addTarget(mapping, stream))}>
                {STREAM_WORDS[stream].label}: {STREAM_WORDS[stream].what}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </section>
  );
}

function factsOf({ bytes, compression, hasByteOrderMark, format, columns, rowsRead, isWhole }: FilePreview): string {
  const kind = format.kind === "csv" ? "CSV" : "JSON Lines";
  return [
    `${kind} in UTF-8${hasByteOrderMark ? " with a byte order mark" : ""}`,
    compression === "gzip" ? `gzip, ${bytesText(bytes)}` : bytesText(bytes),
    counted(columns.length, "column"),
    isWhole ? `${countText(rowsRead)} rows, all read` : `the first ${countText(rowsRead)} rows read`,
  ].join(" · ");
}

function FormatFields({ format, onFormat }: { format: FileFormat; onFormat: (format: FileFormat) => void }) {
  if (format.kind === "jsonl") return null;
  return (
    <fieldset className={classes.split}>
      <legend className={classes.hint}>How it is read. A change here makes a new proposal.</legend>
      <NativeSelect
        label="Delimiter"
        value={format.delimiter}
        onChange={(event) => onFormat({ ...format, delimiter: event.currentTarget.value as CsvFormat["delimiter"] })}
        data={Object.entries(DELIMITERS).map(([value, label]) => ({ value, label }))}
      />
      <NativeSelect
        label="Quotes"
        value={format.quote}
        onChange={(event) => onFormat({ ...format, quote: event.currentTarget.value as CsvFormat["quote"] })}
        data={Object.entries(QUOTES).map(([value, label]) => ({ value, label }))}
      />
      <Checkbox
        label="The first row names the columns"
        checked={format.header}
        onChange={(event) => onFormat({ ...format, header: event.currentTarget.checked })}
      />
    </fieldset>
  );
}

const SEVERITIES = { error: "danger", rejected: "warning", warning: "unknown" } as const;
const WORDS = { error: "Cannot be imported", rejected: "Record rejected", warning: "To know" } as const;

function Problems({ preview }: { preview: FilePreview }) {
  const { problems } = preview;
  if (problems.length === 0) return null;
  const count = (severity: keyof typeof WORDS) => problems.filter((problem) => problem.severity === severity).length;
  const summary = (["error", "rejected", "warning"] as const)
    .filter((severity) => count(severity) > 0)
    .map((severity) => `${WORDS[severity].toLowerCase()}: ${count(severity)}`)
    .join(", ");
  return (
    <details className={classes.problems} open={count("error") > 0 || problems.length <= 5}>
      <summary>Problems in the rows read ({summary})</summary>
      <ul className={classes.problemList}>
        {problems.map((problem, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: replaced as a whole, and two may read alike
          <li key={at}>
            <ToneText tone={SEVERITIES[problem.severity]}>{WORDS[problem.severity]}</ToneText>{" "}
            {problem.message.startsWith(problem.where) ? problem.message : `${problem.where}: ${problem.message}`}
          </li>
        ))}
      </ul>
    </details>
  );
}

function SampleRows({ preview }: { preview: FilePreview }) {
  const columns = [
    { id: "\0line", header: "Line", cell: (row: FilePreview["rows"][number]) => countText(row.line) },
    ...preview.columns.map(({ name, isExcluded }, at) => ({
      id: name,
      header: isExcluded ? `${name} (never read)` : name,
      cell: (row: FilePreview["rows"][number]) => <span className={classes.cell}>{row.cells[at] ?? ""}</span>,
    })),
  ];
  return (
    <details className={classes.records} open>
      <summary>The first rows as they stand in the file</summary>
      <div className={classes.sample}>
        <FiguresTable
          caption={`First rows of ${preview.name}`}
          columns={columns}
          rows={preview.rows.slice(0, 8)}
          getRowId={(row) => String(row.line)}
        />
      </div>
    </details>
  );
}

/** Which columns are never read past the parser: neither stored nor previewed. */
function ColumnsRead({
  mapping,
  preview,
  onChange,
}: {
  mapping: FileMapping;
  preview: FilePreview;
  onChange: (mapping: FileMapping) => void;
}) {
  const excluded = mapping.excluded.filter((name) => mapping.columns.includes(name));
  return (
    <details className={classes.records}>
      <summary>
        Columns never read: {excluded.length === 0 ? "none" : excluded.join(", ")}
        {preview.unmapped.length > 0 && `; read but not used: ${preview.unmapped.join(", ")}`}
      </summary>
      <p className={classes.hint}>
        An excluded cell is emptied as soon as it is parsed: it is not stored, not logged and not shown. The uploaded file itself keeps it.
      </p>
      <div className={classes.checks}>
        {mapping.columns.map((name) => (
          <Checkbox
            key={name}
            label={`Never read ${name}`}
            checked={mapping.excluded.includes(name)}
            onChange={(event) => onChange(setExcluded(mapping, name, event.currentTarget.checked))}
          />
        ))}
      </div>
    </details>
  );
}
