import { Html, html } from "./html.ts";

/* Small pieces that every section of the report is made of. */

export const counted = (count: number, noun: string): string => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** "2026-11-23 08:15:00 UTC": the report is read in many zones, so it names its own. */
export const dateTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
export const dateTimeOr = (iso: string | null, otherwise: string): string => (iso === null ? otherwise : dateTime(iso));

/** A state or a code as words: "APPLIED_UNVERIFIED" is "applied unverified". */
export const words = (code: string): string => code.toLowerCase().replaceAll("_", " ");

/** Unknown is a word. */
export const orUnknown = (value: string | null): string => value ?? "unknown";

export function pairs(rows: readonly (readonly [string, string | Html])[]): Html {
  return html`<dl>\n${rows.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>\n`)}</dl>`;
}

/** `numbers` are the columns that are set right. No rows: a sentence instead of an empty table. */
export function table(
  caption: string,
  header: readonly string[],
  rows: readonly (readonly Html[])[],
  numbers: readonly number[] = [],
): Html {
  if (rows.length === 0) return html`<p class="dim">${caption ? `${caption} ` : ""}None.</p>`;
  const kind = (at: number): Html => (numbers.includes(at) ? html` class="n"` : new Html(""));
  return html`<div class="table"><table${header.length < 3 ? new Html(' class="narrow"') : null}>${caption ? html`<caption>${caption}</caption>` : null}
<thead><tr>${header.map((name, at) => html`<th scope="col"${kind(at)}>${name}</th>`)}</tr></thead>
<tbody>
${rows.map((cells) => html`<tr>${cells.map((cell, at) => html`<td${kind(at)}>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
}

/** Said where a list was cut. */
export const cut = (shown: number, total: number, file: string): Html =>
  shown < total
    ? html`<p class="warn">The first ${shown.toLocaleString("en")} of ${total.toLocaleString("en")}; all of them are in <code>${file}</code>.</p>`
    : new Html("");
