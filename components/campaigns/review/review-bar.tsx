"use client";
import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMemo, useRef } from "react";
import { useShortcuts, useShortcutsHelp } from "#components/ui/shortcuts.tsx";
import { GROUPING_WORDS, GROUPINGS, type Grouping } from "./grouping.ts";
import type { Bucket, Counts } from "./loaded-items.ts";
import classes from "./review.module.css";

const BUCKETS: readonly { id: Bucket; label: string }[] = [
  { id: "all", label: "All" },
  { id: "thought", label: "Needs thought" },
  { id: "changed", label: "New or changed" },
  { id: "privileged", label: "Privileged" },
  { id: "unused", label: "Unused" },
  { id: "rest", label: "The rest" },
];

const groupingOf = (value: string): Grouping => GROUPINGS.find((each) => each === value) ?? "person";

type ReviewBarProps = {
  /** null while the items are read. */
  left: Counts["left"] | null;
  bucket: Bucket;
  onBucket: (bucket: Bucket) => void;
  by: Grouping;
  onGroup: (by: Grouping) => void;
  words: string;
  onWords: (words: string) => void;
};

/** What of the items to look at. */
export function ReviewBar({ left, bucket, onBucket, by, onGroup, words, onWords }: ReviewBarProps) {
  const showHelp = useShortcutsHelp();
  const filter = useRef<HTMLInputElement>(null);
  useShortcuts(
    "This page",
    useMemo(() => [{ keys: "/", label: "Filter", run: () => filter.current?.focus() }], []),
  );
  return (
    <div className={classes.bar}>
      <fieldset className={classes.buckets} aria-label="What to look at">
        {BUCKETS.map(({ id, label }) => (
          <Button
            key={id}
            size="compact-sm"
            className={classes.bucket}
            variant={bucket === id ? "filled" : "default"}
            aria-pressed={bucket === id}
            title={id === "all" ? undefined : "Each item is counted once, under the first of these that fits"}
            disabled={id !== "all" && left?.[id] === 0 && bucket !== id}
            onClick={() => onBucket(id)}
          >
            {label} <span className={classes.count}>{left?.[id]}</span>
          </Button>
        ))}
      </fieldset>
      <div className={classes.tools}>
        <select
          className={classes.grouping}
          aria-label="Group"
          value={by}
          onChange={(event) => onGroup(groupingOf(event.currentTarget.value))}
        >
          {GROUPINGS.map((each) => (
            <option key={each} value={each}>
              {GROUPING_WORDS[each]}
            </option>
          ))}
        </select>
        <TextInput
          ref={filter}
          className={classes.filter}
          type="search"
          aria-label="Filter items"
          placeholder="Person, access, resource"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={words}
          onChange={(event) => onWords(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" || event.key === "Enter") event.currentTarget.blur();
          }}
        />
        <Button variant="subtle" size="compact-sm" onClick={showHelp}>
          Keys (?)
        </Button>
      </div>
    </div>
  );
}
