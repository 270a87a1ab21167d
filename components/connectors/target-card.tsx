"use client";

import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { FileMapping, Target } from "#lib/connectors/files/mapping.ts";
import type { FilePreview, PreviewTarget } from "#lib/connectors/files/preview.ts";
import { columnsOf } from "#lib/inventory/streams.ts";
import { ExpressionField } from "./expression-field.tsx";
import classes from "./mapping.module.css";
import { removeTarget, setDistinct, setMeaning, setSource, setSplit } from "./mapping-draft.ts";
import { columnLabel, isRequired, nounOf, STREAM_WORDS } from "./stream-words.ts";
import { WordMeanings } from "./word-meanings.tsx";

type TargetCardProps = {
  mapping: FileMapping;
  index: number;
  target: Target;
  preview: FilePreview;
  onChange: (mapping: FileMapping) => void;
};

/** One stream that a file feeds: where each column comes from, and the first records that would come out. */
export function TargetCard({ mapping, index, target, preview, onChange }: TargetCardProps) {
  const [isAll, setAll] = useState(false);
  const { stream } = target;
  const yielded = preview.targets[index]?.stream === stream ? preview.targets[index] : undefined;
  const available = mapping.columns.filter((name) => !mapping.excluded.includes(name));
  const columns = Object.keys(columnsOf(stream));
  const told = columns.filter((name) => Object.hasOwn(target.columns, name) || isRequired(stream, name));
  const shown = isAll ? columns : told;
  const first = yielded?.records[0];
  return (
    <section className={classes.target} aria-label={`${STREAM_WORDS[stream].label} from ${mapping.name}`}>
      <header className={classes.targetHead}>
        <h4 className={classes.targetTitle}>
          {STREAM_WORDS[stream].label} <span className={classes.dimmed}>{STREAM_WORDS[stream].what}</span>
        </h4>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onChange(removeTarget(mapping, index))}>
          {`Don't import ${stream}`}
        </Button>
      </header>
      {yielded && <Yield target={yielded} isWhole={preview.isWhole} rowsRead={preview.rowsRead} />}
      <div className={classes.fields}>
        {shown.map((column) => (
          <div key={column} className={classes.fieldGroup}>
            <ExpressionField
              stream={stream}
              column={column}
              from={target.columns[column]}
              available={available}
              example={first?.[column]}
              onChange={(from) => onChange(setSource(mapping, index, column, from))}
            />
            <WordMeanings
              stream={stream}
              column={column}
              from={target.columns[column]}
              found={preview.vocabularies.find((each) => each.stream === stream && each.column === column)}
              onChange={(word, meaning) => onChange(setMeaning(mapping, index, column, word, meaning))}
            />
          </div>
        ))}
      </div>
      {shown.length < columns.length && (
        <Button size="compact-sm" variant="subtle" className={classes.more} onClick={() => setAll(true)}>
          {`Show ${columns.length - shown.length} more columns of ${stream}`}
        </Button>
      )}
      <SplitFields {...{ mapping, index, target, available, onChange }} />
      {yielded && yielded.records.length > 0 && <Records target={yielded} />}
    </section>
  );
}

function Yield({ target, isWhole, rowsRead }: { target: PreviewTarget; isWhole: boolean; rowsRead: number }) {
  const excluded = Object.entries(target.excluded);
  const rows = isWhole ? `all ${countText(rowsRead)} rows` : `the first ${countText(rowsRead)} rows`;
  return (
    <p className={classes.yield}>
      <span className="numbers">
        {countText(target.made)} {nounOf(target.stream, target.made)} from {rows}
      </span>
      {target.rejected > 0 && <ToneText tone="warning">{countText(target.rejected)} would be rejected</ToneText>}
      {excluded.map(([rule, count]) => (
        <span key={rule} className={classes.dimmed}>
          {countText(count)} left out: {rule}
        </span>
      ))}
    </p>
  );
}

type SplitFieldsProps = Pick<TargetCardProps, "mapping" | "index" | "target" | "onChange"> & { available: readonly string[] };

/** A cell that holds a list is taken apart: one record for each part. */
function SplitFields({ mapping, index, target, available, onChange }: SplitFieldsProps) {
  const { split } = target;
  return (
    <fieldset className={classes.split}>
      <legend className={classes.hint}>Several in one cell</legend>
      <NativeSelect
        label="Take apart"
        value={split ? `column:${split.column}` : ""}
        onChange={(event) => {
          const choice = event.currentTarget.value;
          const next = choice === "" ? null : { column: choice.slice("column:".length), separator: split?.separator ?? ";" };
          onChange(setSplit(mapping, index, next));
        }}
        data={[
          { value: "", label: "nothing: one record a row" },
          ...available.map((name) => ({ value: `column:${name}`, label: `the list in ${name}` })),
        ]}
      />
      {split && (
        <>
          <TextInput
            label="Separated by"
            className={classes.separator}
            value={split.separator === "\n" ? "\\n" : split.separator}
            error={split.separator === "" ? "Needed" : undefined}
            onChange={(event) => {
              const typed = event.currentTarget.value.replaceAll("\\n", "\n").replaceAll("\\t", "\t").slice(0, 8);
              onChange(setSplit(mapping, index, { column: split.column, separator: typed }));
            }}
          />
          <Checkbox
            label="Each one once, however often it is named"
            checked={target.distinct ?? false}
            onChange={(event) => onChange(setDistinct(mapping, index, event.currentTarget.checked))}
          />
        </>
      )}
    </fieldset>
  );
}

function Records({ target }: { target: PreviewTarget }) {
  const columns = target.columns.map((column) => ({
    id: column,
    header: columnLabel(column),
    cell: ({ record }: { record: PreviewTarget["records"][number] }) => record[column] ?? <span className={classes.dimmed}>not told</span>,
  }));
  return (
    <details className={classes.records}>
      <summary>
        The first {target.records.length} {nounOf(target.stream, target.records.length)} that would come out
      </summary>
      <FiguresTable
        caption={`First ${target.stream}`}
        columns={columns}
        rows={target.records.map((record, at) => ({ id: String(at), record }))}
        getRowId={(row) => row.id}
      />
    </details>
  );
}
