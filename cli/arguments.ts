import { parseArgs } from "node:util";
import type { Verb } from "./verbs/verb.ts";

/** Wrong words on the command line: exit code 2. */
export class UsageError extends Error {}

/** The verb with the longest name that the words begin with. */
export function findVerb(verbs: readonly Verb[], words: readonly string[]): Verb | null {
  const fits = verbs.filter(({ name }) => name.split(" ").every((word, at) => words[at] === word));
  return fits.sort((a, b) => b.name.length - a.name.length)[0] ?? null;
}

/** What was typed after the verb's name, as the object that its schema parses. Options become camelCase keys. */
export function inputOf(verb: Verb, words: readonly string[]): Record<string, unknown> {
  const args = words.slice(verb.name.split(" ").length);
  const options = Object.fromEntries(
    Object.entries(verb.options).map(([name, { isFlag, isMany }]) => [
      name,
      { type: isFlag ? "boolean" : "string", multiple: isMany === true } as const,
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usageOf(verb)}`);
  }
  const takesMany = verb.positionals.at(-1) === "files";
  const missing = verb.positionals.length - parsed.positionals.length;
  if (missing > 0 || (missing < 0 && !takesMany)) {
    const names = verb.positionals.slice(parsed.positionals.length).map((name) => placeholder(name).trim());
    const why =
      missing > 0 ? `Missing: ${names.join(" ")}.` : `Too many words: ${parsed.positionals.slice(verb.positionals.length).join(" ")}.`;
    throw new UsageError(`${why}\n\n${usageOf(verb)}`);
  }
  const named = Object.entries(parsed.values).map(([name, value]) => [
    name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  const positional = verb.positionals.map((name, at) => [name, name === "files" ? parsed.positionals.slice(at) : parsed.positionals[at]]);
  return Object.fromEntries([...positional, ...named]);
}

const placeholder = (name: string): string => (name === "files" ? " <file>..." : ` <${name}>`);

export function usageOf(verb: Verb): string {
  const options = Object.entries(verb.options);
  const lines = options.map(([name, { describe, isFlag }]) => `  --${name}${isFlag ? "" : " VALUE"}`.padEnd(28) + describe);
  const positionals = verb.positionals.map(placeholder).join("");
  return [`Usage: countersign ${verb.name}${positionals}${options.length > 0 ? " [options]" : ""}`, `  ${verb.summary}`, ...lines].join(
    "\n",
  );
}

/** Those of two words that the first word begins: `campaign` stands for `campaign list`, `campaign plan` and so on. */
export const groupOf = (verbs: readonly Verb[], word: string): Verb[] => verbs.filter(({ name }) => name.startsWith(`${word} `));

/** What is no verb of the table: it needs neither a database nor somebody who acts. */
const OWN = [
  ["login --url URL", "Signs this command line in: confirm the code in your browser"],
  ["evidence verify <file>", "Verifies a pack; needs no database and no network"],
] as const;

function linesOf(verbs: readonly Verb[], own: readonly (readonly [string, string])[]): string {
  const lines = [...own, ...verbs.map((verb) => [`${verb.name}${verb.positionals.map(placeholder).join("")}`, verb.summary] as const)];
  const width = Math.max(...lines.map(([words]) => words.length)) + 3;
  return lines.map(([words, summary]) => `  ${words.padEnd(width)}${summary}`).join("\n");
}

export function overviewOf(verbs: readonly Verb[]): string {
  return `Usage: countersign <command> [options]

${linesOf(verbs, OWN)}

  --json prints data as JSON; --help after a command explains it.
  It acts as you after \`countersign login\`, else as the local operator on the machine that holds the embedded database.

Exit codes: 0 done; 1 refused, failed or held (the message says why); 2 wrong words; 3 of campaign plan: the file is good, something else would stop it.`;
}

/** Where no verb fits: what is wrong, and what there is instead. */
export function unknownOf(verbs: readonly Verb[], words: readonly string[]): string {
  const [first = "", second] = words;
  const group = groupOf(verbs, first);
  if (group.length === 0) return `There is no command ${first}. These are:\n\n${linesOf(verbs, OWN)}`;
  const why = second === undefined ? `Say which ${first} command:` : `There is no command ${first} ${second}. These are:`;
  return `${why}\n\n${groupLines(verbs, first)}`;
}

export const groupLines = (verbs: readonly Verb[], word: string): string =>
  linesOf(
    groupOf(verbs, word),
    OWN.filter(([words]) => words.startsWith(`${word} `)),
  );
