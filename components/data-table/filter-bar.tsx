"use client";

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { useShortcuts } from "../ui/shortcuts.tsx";
import classes from "./data-table.module.css";
import { type RowsReader, useUrlState } from "./url-state.ts";

export type Filter = {
  param: string;
  label: string;
  options: readonly { value: string; label: string }[];
  /** What holds while nothing is chosen; "any" where it is left out. */
  unset?: string;
};

type FilterBarProps = {
  /** Words of the text filter: "Name or id". Left out, there is none. */
  text?: { param?: string; label: string };
  filters?: readonly Filter[];
  /** What is filtered, where a page has several of these. */
  name?: string;
  rowsReader?: RowsReader;
};

const SETTLE_MS = 250;
const NONE: readonly Filter[] = [];

/** Filters as the URL holds them. "/" goes to the text, Escape leaves it. */
export function FilterBar({ text, filters = NONE, name, rowsReader }: FilterBarProps) {
  const { params, set } = useUrlState(rowsReader);
  const isFiltered = [text?.param ?? "q", ...filters.map((filter) => filter.param)].some((param) => params.has(param));
  return (
    <search className={classes.filters} aria-label={name}>
      {text && <TextFilter param={text.param ?? "q"} label={text.label} rowsReader={rowsReader} />}
      {filters.map((filter) => (
        <Choice key={filter.param} filter={filter} value={params.get(filter.param)} set={set} />
      ))}
      {isFiltered && (
        <Button
          variant="subtle"
          leftSection={<IconX size={14} aria-hidden />}
          onClick={() =>
            set(Object.fromEntries([text?.param ?? "q", ...filters.map((filter) => filter.param)].map((param) => [param, null])))
          }
        >
          Clear filters
        </Button>
      )}
    </search>
  );
}

type ChoiceProps = { filter: Filter; value: string | null; set: ReturnType<typeof useUrlState>["set"] };

/** One that was not touched is not drawn again: the kit's are slow for a key's effect. */
const Choice = memo(function Choice({ filter: { param, label, unset, options }, value, set }: ChoiceProps) {
  return (
    <NativeSelect
      aria-label={label}
      data-set={value !== null || undefined}
      value={value ?? ""}
      onChange={(event) => set({ [param]: event.currentTarget.value || null })}
      data={[{ value: "", label: `${label}: ${unset ?? "any"}` }, ...options]}
    />
  );
});

function TextFilter({ param, label, rowsReader }: { param: string; label: string; rowsReader: RowsReader | undefined }) {
  const { params, set } = useUrlState(rowsReader);
  const inUrl = params.get(param) ?? "";
  const [typed, setTyped] = useState(inUrl);
  const sent = useRef(inUrl);
  const input = useRef<HTMLInputElement>(null);

  // The URL changed by another hand (back, "clear filters"): the field follows, but never while it is ahead of the URL.
  useEffect(() => {
    if (inUrl !== sent.current) setTyped(inUrl);
    sent.current = inUrl;
  }, [inUrl]);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      set({ [param]: typed.trim() });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [typed, param, set]);

  const shortcuts = useMemo(() => [{ keys: "/", label: "Filter", run: () => input.current?.focus() }], []);
  useShortcuts("This list", shortcuts);
  return (
    <TextInput
      ref={input}
      type="search"
      className={classes.textFilter}
      aria-label={`Filter: ${label}`}
      aria-keyshortcuts="/"
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
