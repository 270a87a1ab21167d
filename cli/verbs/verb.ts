import type { z } from "zod";
import type { Ctx } from "#lib/authz/ctx.ts";

/** Bytes that come with, or out of, a verb; never held whole. */
export type Bytes = AsyncIterable<Uint8Array>;

export type VerbIo = {
  /** The file that came with the call (`import`, `source add --file`), with its name. */
  upload: { name: string; bytes: Bytes } | null;
  /** Progress for people; goes to standard error, or nowhere over HTTP. */
  progress: (line: string) => void;
};

/** A file that the verb hands out instead of data. `facts` are printed beside it. */
export class Download {
  readonly bytes: Bytes;
  readonly facts: Readonly<Record<string, string>>;
  constructor(bytes: Bytes, facts: Readonly<Record<string, string>>) {
    this.bytes = bytes;
    this.facts = facts;
  }
}

type Option = { describe: string; isFlag?: true; isMany?: true };

/**
 * One sentence of the command line: the same table serves the operator on this machine, who calls `run` straight, and a signed-in user
 * elsewhere, whose call arrives over HTTP with their token. `run` is a thin caller of a command or a query, which authorizes.
 */
export type Verb = {
  name: string;
  summary: string;
  /**
   * Names of what follows without a dash, in order; "file" is read on the caller's side and sent along. "files" is one or more of them, each a
   * call of its own.
   */
  positionals: readonly string[];
  options: Readonly<Record<string, Option>>;
  run: (ctx: Ctx, input: unknown, io: VerbIo) => Promise<unknown>;
  print: (result: unknown) => string;
  /** 0 unless told: for what a pipeline goes by. */
  exitCode: (result: unknown) => number;
};

type Definition<Input, Result> = {
  name: string;
  summary: string;
  positionals?: readonly string[];
  options?: Readonly<Record<string, Option>>;
  input: z.ZodType<Input>;
  run: (ctx: Ctx, input: Input, io: VerbIo) => Promise<Result>;
  print: (result: Result) => string;
  exitCode?: (result: Result) => number;
};

export function verb<Input, Result>(definition: Definition<Input, Result>): Verb {
  const { input, run, print, exitCode = () => 0, positionals = [], options = {}, name, summary } = definition;
  return {
    name,
    summary,
    positionals,
    options,
    run: (ctx, given, io) => run(ctx, input.parse(given), io),
    print: (result) => print(result as Result),
    exitCode: (result) => exitCode(result as Result),
  };
}

/** Columns as wide as their widest cell; the header in capitals. */
export function table(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = [header.map((name) => name.toUpperCase()), ...rows.map((row) => row.map((cell) => String(cell ?? "")))];
  const widths = header.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
