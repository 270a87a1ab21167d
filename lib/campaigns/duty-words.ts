/* Patterns of duties and the plain words that they are made from. Without the schema, since pages need them. */

/** Ends words, so that "approver" and "approve" count but "improvement" does not. */
export const word = (...stems: string[]) => `(^|[^a-z])(${stems.join("|")})`;

/** Plain words as they are typed, to a pattern: letters of a pattern mean themselves. */
export const patternOf = (words: readonly string[]): string =>
  word(...words.map((each) => each.toLowerCase().replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")));

/** The words that a pattern was made from; null where it says more than words. */
export const wordsOf = (says: string): string[] | null =>
  /^\(\^\|\[\^a-z\]\)\(((?:\\.|[^\\^$.*+?()[\]{}])+)\)$/
    .exec(says)?.[1]
    ?.split("|")
    .map((each) => each.replace(/\\(.)/g, "$1")) ?? null;
