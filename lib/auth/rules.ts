import { TOXIC_PAIRS } from "#lib/authz/permissions.ts";

/** Typed loosely where the role comes from a row: what the row holds is a role by its CHECK. */
type RoleName = string;

/** Pairs among these roles that one user must not hold together. */
export function toxicPairsAmong(roles: readonly RoleName[]): (readonly [RoleName, RoleName])[] {
  return TOXIC_PAIRS.filter(([one, other]) => roles.includes(one) && roles.includes(other));
}

export const toxicSentence = ([one, other]: readonly [RoleName, RoleName]): string =>
  `Nobody may be both ${roleText(one)} and ${roleText(other)}: who runs or administers a review must not also audit or approve it. End one of the two roles first.`;

export const roleText = (role: RoleName): string => role.replaceAll("_", " ");

export const PASSWORD_LENGTH = { min: 12, max: 200 } as const;

/** Why a password is not taken, as a sentence for the field; null where it is. Length is what counts; composition rules do not help. */
export function passwordRefusal(password: string, about: readonly string[]): string | null {
  if ([...password].length < PASSWORD_LENGTH.min) return `Use ${PASSWORD_LENGTH.min} characters or more: several words are fine.`;
  if (password.length > PASSWORD_LENGTH.max) return `Use at most ${PASSWORD_LENGTH.max} characters.`;
  if (new Set(password.toLowerCase()).size < 5) return "Use more than a few different characters.";
  const lower = password.toLowerCase();
  const known = [...about, "countersign"].flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 3);
  const rest = known.reduce((text, word) => text.replaceAll(word, ""), lower);
  return rest.length < PASSWORD_LENGTH.min / 2 ? "Leave out your name, your mail address and the name of this product." : null;
}

export const ATTEMPT_MINUTES = 15;

/**
 * What a sign-in attempt counts against. The tight limit is on account and address together, so that somebody elsewhere cannot lock a user out
 * by failing on purpose; the looser ones bound guessing at one account from many places, and at many accounts from one.
 */
export const signInLimits = (account: string, address: string) => [
  { key: `account ${account} from ${address}`, max: 10 },
  { key: `account ${account}`, max: 100 },
  { key: `address ${address}`, max: 100 },
];

export const API_TOKEN_HOURS = { usual: 24, most: 90 * 24 } as const;
