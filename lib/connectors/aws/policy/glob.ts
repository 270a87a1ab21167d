/**
 * Whether a text fits a pattern of IAM: `*` any characters, `?` one. Case counts only where it is told to. Two positions and no recursion:
 * the time is the product of the lengths at worst, whatever the pattern is.
 */
export function fitsGlob(pattern: string, text: string): boolean {
  let at = 0;
  let of = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (of < pattern.length && (pattern[of] === "?" || pattern[of] === text[at]) && pattern[of] !== "*") {
      at += 1;
      of += 1;
    } else if (pattern[of] === "*") {
      star = of;
      resume = at;
      of += 1;
    } else if (star >= 0) {
      of = star + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  while (pattern[of] === "*") of += 1;
  return of === pattern.length;
}

/** Names of actions are compared without regard to case. */
export const fitsAction = (pattern: string, action: string): boolean => fitsGlob(pattern.toLowerCase(), action.toLowerCase());
