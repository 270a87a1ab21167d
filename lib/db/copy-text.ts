const ESCAPED = /[\\\n\r\t\b\f\v]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
  "\v": "\\v",
};
const UNSTORABLE = /\0/g;
/** Most values need nothing of it, and one look says so. */
const IS_ODD = /[\\\n\r\t\b\f\v\0\ud800-\udfff]/;

/** A value as COPY's text format writes it; empty text is null. NUL and lone surrogates, which no database holds, become the replacement character. */
export const copyValue = (value: string | null | undefined): string => {
  if (value === null || value === undefined || value === "") return "\\N";
  if (!IS_ODD.test(value)) return value;
  return value
    .toWellFormed()
    .replace(UNSTORABLE, "\u{FFFD}")
    .replace(ESCAPED, (found) => ESCAPES[found] ?? found);
};
