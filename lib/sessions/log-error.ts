import { DomainError } from "#lib/errors/domain-error.ts";

/** Where in a log something is, as a person finds it: lines and columns count from 1. */
export type Place = { line: number; column: number };

const counted = new Intl.NumberFormat("en-US");
export const placeText = ({ line, column }: Place): string => `line ${counted.format(line)}, column ${counted.format(column)}`;

/** A log that cannot be read as it is. It is refused whole: nothing of it is kept. */
export const brokenLog = (file: string, place: Place | null, sentence: string): DomainError =>
  new DomainError("INVALID", `${file}${place ? `, ${placeText(place)}` : ""}: ${sentence} Nothing of this file was kept.`);

/** More than is taken in at once. Nothing of it is kept either. */
export const oversizedLog = (file: string, sentence: string): DomainError =>
  new DomainError("TOO_LARGE", `${file}: ${sentence} Nothing of this file was kept.`);
