"use client";

import { NativeSelect } from "@mantine/core";
import { countText } from "#components/ui/moment-text.ts";
import type { Expression } from "#lib/connectors/files/mapping.ts";
import type { PreviewVocabulary } from "#lib/connectors/files/preview.ts";
import { columnsOf, type Stream } from "#lib/inventory/streams.ts";
import classes from "./mapping.module.css";
import { columnLabel } from "./stream-words.ts";

type WordMeaningsProps = {
  stream: Stream;
  column: string;
  from: Expression | undefined;
  found: PreviewVocabulary | undefined;
  onChange: (word: string, meaning: string | null) => void;
};

/** What the words of the file mean in a column of fixed words. A word without a meaning rejects its record, so those come first. */
export function WordMeanings({ stream, column, from, found, onChange }: WordMeaningsProps) {
  const kind = columnsOf(stream)[column];
  if (kind?.kind !== "vocabulary" || !from || "constant" in from || !found) return null;
  const strange = found.words.filter(({ means }) => means === null);
  const known = found.words.filter(({ means }) => means !== null);
  const translated = Object.entries(from.values ?? {});
  const choices = [{ value: "", label: "nothing here: rejected" }, ...kind.values.map((value) => ({ value, label: value }))];
  const label = columnLabel(column);
  return (
    <div className={classes.words}>
      <p className={classes.hint}>
        {label} in the rows read:{" "}
        {known.length === 0
          ? "no word that is known"
          : known
              .map(({ word, means, count }) => `${word || "(empty)"}${word === means ? "" : ` → ${means}`} ${countText(count)}`)
              .join(", ")}
        {translated.length > 0 && `; ${translated.length} words of the file are translated`}
      </p>
      {strange.map(({ word, count }) => (
        <div key={word} className={classes.word}>
          <span>
            <q>{word}</q> <span className={classes.dimmed}>{countText(count)} times</span>
          </span>
          <NativeSelect
            aria-label={`${label}: what ${word} means`}
            value=""
            error="Not a known word: say what it means"
            onChange={(event) => onChange(word, event.currentTarget.value || null)}
            data={choices}
          />
        </div>
      ))}
      {translated.length > 0 && (
        <details>
          <summary>Translated words</summary>
          {translated.map(([word, meaning]) => (
            <div key={word} className={classes.word}>
              <q>{word}</q>
              <NativeSelect
                aria-label={`${label}: what ${word} means`}
                value={meaning}
                onChange={(event) => onChange(word, event.currentTarget.value || null)}
                data={[{ value: "", label: "as it stands" }, ...kind.values.map((value) => ({ value, label: value }))]}
              />
            </div>
          ))}
        </details>
      )}
    </div>
  );
}
