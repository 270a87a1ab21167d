/** What a proposal is judged by: as the source names the identity, and as the people source names the person. */
export type IdentityNames = { name: string; login: string | null; mail: string | null };
export type PersonNames = { name: string; userName: string | null; mail: string | null };
export type Proposal = { score: number; why: string };

/** Below this nothing is proposed; a proposal never counts before somebody confirms it. */
export const PROPOSE_FROM = 40;
/** Names and logins prove nothing: the score of a proposal stays below that of a match. */
const MOST = 95;

/**
 * How likely an identity is a person's, by names alone, with the reasons in words. `rivals` is how many other people fit as well by
 * the same names: two people of one name halve what the name says.
 */
export function proposalFor(identity: IdentityNames, person: PersonNames, rivals: number): Proposal | null {
  const reasons: [points: number, why: string][] = [];
  const tokens = nameTokens(person.name);
  if (tokens.length > 0 && sameTokens(nameTokens(identity.name), tokens)) reasons.push([55, "the same name"]);
  const login = lower(identity.login);
  if (login !== null && login === lower(person.userName)) reasons.push([50, "the login is the person's user name"]);
  else if (login !== null && login === localPart(person.mail))
    reasons.push([40, "the login is the first part of the person's mail address"]);
  else if (login !== null && abbreviations(tokens).has(login)) reasons.push([20, "the login abbreviates the name"]);
  if (localPart(identity.mail) !== null && localPart(identity.mail) === localPart(person.mail)) {
    reasons.push([20, "the mail addresses begin alike"]);
  }
  const points = reasons.reduce((sum, [value]) => sum + value, 0);
  const score = Math.min(MOST, Math.floor(points / (rivals + 1)));
  if (score < PROPOSE_FROM) return null;
  const others = rivals === 0 ? "" : `; ${rivals} other ${rivals === 1 ? "person fits" : "people fit"} as well`;
  return { score, why: `${reasons.map(([, why]) => why).join(", ")}${others}` };
}

/** Words of a name without case, accents and order of writing ("García, Ana" and "Ana Garcia" are the same). */
export function nameTokens(name: string): string[] {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== "")
    .sort();
}

const sameTokens = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((token, at) => token === other[at]);

/** "aprice" and "pricea" for Ada Price, and with a dot or hyphen between; of any two words of the name, since their order is not known. */
function abbreviations(tokens: readonly string[]): Set<string> {
  const pairs = tokens.flatMap((first) => tokens.filter((last) => last !== first).map((last) => [first, last] as const));
  return new Set(
    pairs.flatMap(([first, last]) =>
      ["", ".", "-", "_"].flatMap((between) => [
        `${first.slice(0, 1)}${between}${last}`,
        `${last}${between}${first.slice(0, 1)}`,
        `${first}${between}${last}`,
      ]),
    ),
  );
}

const lower = (text: string | null): string | null => (text === null || text === "" ? null : text.toLowerCase());
const localPart = (mail: string | null): string | null => {
  const [part, domain] = (mail ?? "").toLowerCase().split("@");
  return part !== undefined && part !== "" && domain !== undefined ? part : null;
};
