import { z } from "zod";
import { FACTS, type Fact } from "./streams.ts";

/** When a grant was last used, seen from the run that was counted; a source that does not tell is apart from one that does not know. */
export const LAST_USES = ["month", "quarter", "older", "never", "unknown", "not_supported"] as const;
export type LastUse = (typeof LAST_USES)[number];
/** Unused long enough to ask why it is there. */
export const STALE: readonly LastUse[] = ["older", "never"];
export const UNTOLD: readonly LastUse[] = ["unknown", "not_supported"];

/** `privileged`: what the grant gives, itself or by what it leads to. */
export const grantCounts = z.array(z.strictObject({ privileged: z.enum(FACTS), lastUsed: z.enum(LAST_USES), grants: z.number().int() }));
export type GrantCount = z.infer<typeof grantCounts>[number];

export type FactorCount = { kind: string; phishingResistant: Fact; factors: number };
/** How old a credential is. */
export const AGES = ["quarter", "year", "older", "unknown"] as const;
export type Age = (typeof AGES)[number];
/** Whether it ends by itself. */
export type Lifetime = "bounded" | "never" | "unknown";
export type CredentialCount = { age: Age; lifetime: Lifetime; credentials: number };

export type Leaver = { personId: string; name: string; endedOn: string | null; identities: number; grants: number };

export type Posture = {
  factors: FactorCount[];
  /** Active identities of people. `none`: the source tells factors and this one has none. `untold`: the source does not tell. */
  people: { identities: number; withFactor: number; none: number; untold: number };
  credentials: CredentialCount[];
  grants: GrantCount[];
  /** The oldest instant that the counts of grants speak of; null where nothing was counted yet. */
  grantsAsOf: string | null;
  /** Sources with live grants that nobody counted yet. */
  uncounted: number;
  unmatched: { proposed: number; nobody: number };
  /** People who left with live access; `rows` are the first of them. `untold`: live access of people whose status nobody tells. */
  leavers: { people: number; identities: number; untold: number; rows: Leaver[] };
};

/** A bar and its parts; `href` are the rows behind it. */
export type Bar<Part extends string> = { label: string; href?: string } & Record<Part, number>;

const FACTOR_LABELS: Readonly<Record<string, string>> = {
  security_key: "Security key",
  passkey: "Passkey",
  authenticator_app: "Authenticator app",
  push: "Push",
  sms_or_voice: "SMS or voice",
  email: "E-mail",
  backup_code: "Backup code",
  unknown: "Unknown kind",
};
const KINDS = Object.keys(FACTOR_LABELS);
const placeOf = (kind: string): number => (KINDS.indexOf(kind) + 1 || KINDS.length) - 1;

/** Strongest kind first; only kinds that somebody enrolled. A kind that this version does not know goes with the unknown. */
export function factorBars(counts: readonly FactorCount[]): Bar<Fact>[] {
  const bars = new Map<number, Bar<Fact>>();
  for (const { kind, phishingResistant, factors } of counts) {
    const place = placeOf(kind);
    const known = KINDS[place] ?? "unknown";
    const bar = bars.get(place) ?? {
      label: FACTOR_LABELS[known] ?? kind,
      href: `/posture?of=factors&kind=${known}`,
      yes: 0,
      no: 0,
      unknown: 0,
    };
    bar[phishingResistant] += factors;
    bars.set(place, bar);
  }
  return [...bars].sort(([one], [other]) => one - other).map(([, bar]) => bar);
}

const AGE_LABELS: Readonly<Record<Age, string>> = {
  quarter: "Up to 90 days",
  year: "91 days to a year",
  older: "Over a year",
  unknown: "Age unknown",
};

/** Every age, also where there is none: an empty bar says so. */
export function credentialBars(counts: readonly CredentialCount[]): Bar<Lifetime>[] {
  const sum = (age: Age, lifetime: Lifetime) =>
    total(
      counts.filter((row) => row.age === age && row.lifetime === lifetime),
      "credentials",
    );
  return AGES.map((age) => ({
    label: AGE_LABELS[age],
    href: `/posture?of=credentials&age=${age}`,
    bounded: sum(age, "bounded"),
    never: sum(age, "never"),
    unknown: sum(age, "unknown"),
  }));
}

const USE_LABELS: Readonly<Record<LastUse, string>> = {
  month: "In the last 30 days",
  quarter: "31 to 90 days ago",
  older: "Over 90 days ago",
  never: "Never",
  unknown: "Unknown",
  not_supported: "Not told by the source",
};

export function useBars(counts: readonly GrantCount[]): Bar<Fact>[] {
  const sum = (lastUsed: LastUse, fact: Fact) =>
    total(
      counts.filter((row) => row.lastUsed === lastUsed && row.privileged === fact),
      "grants",
    );
  return LAST_USES.map((lastUsed) => ({
    label: USE_LABELS[lastUsed],
    href: `/posture?of=grants&used=${lastUsed}`,
    yes: sum(lastUsed, "yes"),
    no: sum(lastUsed, "no"),
    unknown: sum(lastUsed, "unknown"),
  }));
}

/** The numbers of the sentence: how many grants give privileged access, how many of them nobody used for long, of how many nobody knows. */
export function privilegedGrants(counts: readonly GrantCount[]): { all: number; stale: number; untold: number; maybe: number } {
  const privileged = counts.filter((row) => row.privileged === "yes");
  return {
    all: total(privileged, "grants"),
    stale: total(
      privileged.filter(({ lastUsed }) => STALE.includes(lastUsed)),
      "grants",
    ),
    untold: total(
      privileged.filter(({ lastUsed }) => UNTOLD.includes(lastUsed)),
      "grants",
    ),
    maybe: total(
      counts.filter((row) => row.privileged === "unknown"),
      "grants",
    ),
  };
}

/** Of the factors known: how many withstand phishing, and of how many that is unknown. */
export function factorStrength(counts: readonly FactorCount[]): { all: number; resistant: number; unknown: number } {
  return {
    all: total(counts, "factors"),
    resistant: total(
      counts.filter((row) => row.phishingResistant === "yes"),
      "factors",
    ),
    unknown: total(
      counts.filter((row) => row.phishingResistant === "unknown"),
      "factors",
    ),
  };
}

function total<Key extends string>(rows: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return rows.reduce((sum, row) => sum + row[key], 0);
}
