/** Text that is markup already: made by `html`, or of constants of ours. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | null | Html | readonly Html[];

/** A template whose values are escaped, unless they are made by it. Null is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(strings.map((string, at) => (at === 0 ? string : `${textOf(values[at - 1] ?? null)}${string}`)).join(""));
}

function textOf(value: Part): string {
  if (value === null) return "";
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(({ text }) => text).join("");
  return escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;" };

/** What a browser could take for markup, and what could make a line read otherwise than it is (controls, changes of direction). */
export const escaped = (text: string): string =>
  text.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "").replace(/[^\S\n ]|(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
