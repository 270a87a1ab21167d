"use client";

import { NativeSelect, TextInput } from "@mantine/core";
import type { Expression } from "#lib/connectors/files/mapping.ts";
import { columnsOf, type Stream } from "#lib/inventory/streams.ts";
import classes from "./mapping.module.css";
import { choiceOf, chosen } from "./mapping-draft.ts";
import { columnHint, columnLabel, isRequired } from "./stream-words.ts";

type ExpressionFieldProps = {
  stream: Stream;
  column: string;
  from: Expression | undefined;
  /** Columns of the file that may be read. */
  available: readonly string[];
  /** What the first record holds there. */
  example: string | null | undefined;
  onChange: (from: Expression | null) => void;
};

/** Where one column of a stream comes from: a column of the file, a text that is always the same, or several columns put together. */
export function ExpressionField({ stream, column, from, available, example, onChange }: ExpressionFieldProps) {
  const label = columnLabel(column);
  const required = isRequired(stream, column);
  const hint = columnHint(stream, column);
  return (
    <div className={classes.field}>
      <div className={classes.fieldName}>
        <span>
          {label}
          {required && <span className={classes.required}> required</span>}
        </span>
        {hint && <span className={classes.hint}>{hint}</span>}
      </div>
      <div className={classes.fieldSource}>
        <NativeSelect
          aria-label={`${label} comes from`}
          value={choiceOf(from)}
          onChange={(event) => onChange(chosen(event.currentTarget.value, from))}
          error={required && !from}
          data={[
            { value: "", label: "not told by this file" },
            { group: "A column of the file", items: available.map((name) => ({ value: `column:${name}`, label: name })) },
            {
              group: "Otherwise",
              items: [
                { value: "constant", label: "always the same…" },
                { value: "template", label: "put together from columns…" },
              ],
            },
          ]}
        />
        {from && "constant" in from && <ConstantField {...{ stream, column, label, from, onChange }} />}
        {from && "template" in from && (
          <TextInput
            aria-label={`${label}: put together`}
            description="Column names in braces, as {first} {last}"
            value={from.template}
            onChange={(event) => onChange({ ...from, template: event.currentTarget.value })}
          />
        )}
      </div>
      <div className={classes.example} title={example ?? undefined}>
        {from && (example ? example : <span className={classes.dimmed}>empty in the first record</span>)}
      </div>
    </div>
  );
}

type ConstantFieldProps = {
  stream: Stream;
  column: string;
  label: string;
  from: { constant: string };
  onChange: (from: Expression) => void;
};

function ConstantField({ stream, column, label, from, onChange }: ConstantFieldProps) {
  const kind = columnsOf(stream)[column];
  const name = `${label}: always`;
  if (kind?.kind === "vocabulary") {
    return (
      <NativeSelect
        aria-label={name}
        value={from.constant}
        onChange={(event) => onChange({ constant: event.currentTarget.value })}
        data={kind.values.includes(from.constant) ? [...kind.values] : [from.constant, ...kind.values]}
      />
    );
  }
  return <TextInput aria-label={name} value={from.constant} onChange={(event) => onChange({ constant: event.currentTarget.value })} />;
}
