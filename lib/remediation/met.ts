import type { AnswerTerms } from "#lib/campaigns/answer-terms.ts";
import type { RemediationKind } from "./types.ts";

export type When = { kind: string; at: Date | null };
/** A way in which the identity still holds what is to go, directly or through others. */
export type HeldBy = { grantId: string; name: string; depth: number; expires: When };
export type LiveCredential = {
  id: string;
  name: string;
  kind: string;
  /** The one that was decided about. */
  isSubject: boolean;
  /** Not known yet when it was decided. */
  isNew: boolean;
  created: When;
  expires: When;
  rotated: When;
};
export type LiveTrust = { id: string; issuer: string; subjectPattern: string | null; isSubject: boolean; isNew: boolean };
export type LivePerson = { id: string; name: string; inOffice: boolean };

/** What the inventory says after a run, of the identity that a task is about. Only what is live. */
export type Seen = {
  identity: {
    isGone: boolean;
    status: string;
    grants: number;
    owner: LivePerson | null;
    backupOwner: LivePerson | null;
    lastUsed: When;
  } | null;
  heldBy: readonly HeldBy[];
  credentials: readonly LiveCredential[];
  trusts: readonly LiveTrust[];
};

/** What was decided about, and what exactly was asked for. */
export type Asked = {
  kind: RemediationKind;
  terms: AnswerTerms | null;
  about: "grant" | "credential" | "trust" | "identity";
  decidedAt: Date;
  appliedAt: Date | null;
};

/** Something that was to go and is there; by which grant, credential or trust, or null where it is the identity itself. */
export type Found = { what: string; by: { kind: "grant" | "credential" | "trust"; id: string } | null };
/**
 * met: it is as decided. still: what stands against it, in words, and what of that is there though it was to go. unknown: the source does not
 * tell what it would take to say so.
 */
export type Met = { kind: "met" } | { kind: "still"; what: string[]; found: Found[] } | { kind: "unknown"; why: string };

const DAY_MS = 86_400_000;
const MET: Met = { kind: "met" };
const unknown = (why: string): Met => ({ kind: "unknown", why });
/** `missing`: what is not there yet, though it was to come. */
const metUnless = (found: readonly Found[], missing: readonly string[] = []): Met =>
  found.length + missing.length > 0 ? { kind: "still", what: [...found.map(({ what }) => what), ...missing], found: [...found] } : MET;
const itself = (what: string): Found => ({ what, by: null });
const byCredential = ({ id }: LiveCredential, what: string): Found => ({ what, by: { kind: "credential", id } });
const byTrust = ({ id }: LiveTrust, what: string): Found => ({ what, by: { kind: "trust", id } });
const byGrant = ({ grantId: id }: HeldBy, what: string): Found => ({ what, by: { kind: "grant", id } });

/**
 * Whether a decision has become true: each kind has a proof of its own, and two different runs must show it (proof.ts). One table, with what
 * proves and what does not, is met.test.ts.
 */
export function metBy(asked: Asked, seen: Seen): Met {
  if (!seen.identity) return unknown("The identity is not known: it can be shown neither present nor gone.");
  // An identity that is gone holds nothing, and nobody signs in as it.
  if (seen.identity.isGone) return MET;
  switch (asked.kind) {
    case "revoke":
      return metUnless(standing(asked, seen));
    case "suspend":
      return seen.identity.status === "disabled" ? MET : metUnless(standing(asked, seen));
    case "retire":
      return retired(seen.identity);
    case "reduce":
      return metUnless(held(seen));
    case "narrow":
      return asked.about === "grant" ? metUnless(held(seen)) : narrowed(asked, seen);
    case "time_limit":
      return timeLimited(asked, seen);
    case "rotate":
      return rotated(asked, seen);
    case "shorten":
      return shortened(asked, seen);
    case "federate":
      return federated(asked, seen);
    case "split":
      return splitUp(seen);
    case "re_own":
      return reOwned(asked, seen);
  }
}

const held = ({ heldBy }: Seen): Found[] =>
  heldBy.map((way) => byGrant(way, way.depth === 0 ? `${way.name} is still held directly` : `it is still held through ${way.name}`));

/** What of the thing itself is there: the access on any path, the credential, the trust, or the identity. */
function standing({ about }: Asked, seen: Seen): Found[] {
  switch (about) {
    case "grant":
      return held(seen);
    case "credential":
      return seen.credentials.filter(({ isSubject }) => isSubject).map((each) => byCredential(each, `${each.name} is still there`));
    case "trust":
      return seen.trusts.filter(({ isSubject }) => isSubject).map((each) => byTrust(each, `the trust in ${each.issuer} is still there`));
    case "identity":
      return [itself("the identity is still there")];
  }
}

function retired({ status, grants }: NonNullable<Seen["identity"]>): Met {
  const what = [];
  if (status !== "disabled" && status !== "deleted") what.push(`the identity is still ${status}`);
  if (grants > 0) what.push(`it still holds ${grants} grant${grants === 1 ? "" : "s"}`);
  return metUnless(what.map(itself));
}

/** An end in the source by the date, or nothing left. Of what has no end of its own, only absence shows it. */
function timeLimited({ about, terms }: Asked, { heldBy, credentials, trusts }: Seen): Met {
  if (terms?.answer !== "time_limit") return unknown("The date is not known.");
  const until = new Date(terms.until);
  const ends: { name: string; expires: When; by: Found["by"] }[] =
    about === "grant"
      ? heldBy.map(({ grantId, ...way }) => ({ ...way, by: { kind: "grant", id: grantId } }))
      : about === "credential"
        ? credentials.filter(({ isSubject }) => isSubject).map((each) => ({ ...each, by: { kind: "credential", id: each.id } }))
        : trusts
            .filter(({ isSubject }) => isSubject)
            .map(({ id, issuer }) => ({
              name: `the trust in ${issuer}`,
              expires: { kind: "not_supported", at: null },
              by: { kind: "trust", id },
            }));
  return metUnless(
    ends
      .filter(({ expires }) => expires.at === null || expires.at > until)
      .map(({ name, expires, by }) => ({
        what: expires.at ? `${name} ends only on ${expires.at.toISOString().slice(0, 10)}` : `${name} has no end in the source`,
        by,
      })),
  );
}

/** Those that the decision is about: the one credential, or of a grant all that the identity signs in with. */
const concerned = ({ about }: Asked, { credentials }: Seen): LiveCredential[] =>
  credentials.filter(({ isSubject, isNew }) => about !== "credential" || isSubject || isNew);

/** A key that was made before the decision is the old one; where the source keeps the id and tells when it was rotated, that counts. */
function rotated(asked: Asked, seen: Seen): Met {
  const isRenewed = ({ rotated: { at } }: LiveCredential) => at !== null && at > asked.decidedAt;
  const old = concerned(asked, seen).filter((each) => !each.isNew && !isRenewed(each));
  const hidden = old.filter(({ kind, rotated: { kind: told } }) => kind === "password" && told !== "value" && told !== "never");
  if (hidden.length > 0) return unknown("The source does not tell when a password was changed.");
  const newer = concerned(asked, seen).some((each) => each.isNew || isRenewed(each));
  return metUnless(
    old.map((each) => byCredential(each, `${each.name} is still the old one`)),
    newer ? [] : ["there is no newer credential"],
  );
}

function shortened(asked: Asked, seen: Seen): Met {
  if (asked.terms?.answer !== "shorten") return unknown("The limit is not known.");
  const { maxDays } = asked.terms;
  const all = concerned(asked, seen);
  const untold = all.find(({ expires: { kind } }) => kind === "unknown" || kind === "not_supported");
  if (untold) return unknown(`The source does not tell when ${untold.name} expires.`);
  const tooLong = all.filter(({ created, expires }) => {
    const from = created.at ?? asked.appliedAt;
    return expires.at === null || from === null || expires.at.getTime() - from.getTime() > maxDays * DAY_MS;
  });
  return metUnless(
    tooLong.map((each) => byCredential(each, `${each.name} ${each.expires.at ? `lasts longer than ${maxDays} days` : "never expires"}`)),
  );
}

/** In use, not merely set up: the identity was last used after it was done, when no static credential was left to use. */
function federated({ terms, appliedAt }: Asked, { identity, credentials, trusts }: Seen): Met {
  const issuer = terms?.answer === "federate" ? terms.issuer : null;
  const left = credentials.map((each) => byCredential(each, `${each.name} is still there`));
  const isTrusted = trusts.some((trust) => issuer === null || trust.issuer === issuer);
  const missing = isTrusted ? [] : [issuer ? `there is no trust in ${issuer}` : "there is no trust"];
  if (left.length + missing.length > 0) return metUnless(left, missing);
  const used = identity?.lastUsed;
  if (!used || used.kind === "unknown" || used.kind === "not_supported")
    return unknown("The source does not tell whether the trust is used.");
  return metUnless([], used.at && appliedAt && used.at > appliedAt ? [] : ["the trust has not been used yet"]);
}

/** No wider than asked: the trust that was decided about, and whatever the same issuer was trusted with since. */
function narrowed({ terms }: Asked, { trusts }: Seen): Met {
  if (terms?.answer !== "narrow" || terms.subjectPattern === null) return unknown("The subjects that stay are not known.");
  const allowed = terms.subjectPattern;
  const issuers = trusts.filter(({ isSubject }) => isSubject).map(({ issuer }) => issuer);
  const judged = trusts.filter(
    ({ isSubject, isNew, issuer }) => isSubject || (isNew && (issuers.length === 0 || issuers.includes(issuer))),
  );
  return metUnless(
    judged
      .filter(({ subjectPattern }) => !covers(allowed, subjectPattern))
      .map((trust) => byTrust(trust, `${trust.subjectPattern ?? "any subject"} may still assume it`)),
  );
}

/** Whether everything that `inner` admits is admitted by `outer`; * stands for any text, ? for one character. */
export function covers(outer: string, inner: string | null): boolean {
  if (inner === null) return outer === "*";
  const pattern = outer
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", "[^*]");
  return new RegExp(`^${pattern}$`, "s").test(inner);
}

/** One way in, and for one pipeline: a trust of many repositories, or two credentials, are two identities yet to be. */
function splitUp({ credentials, trusts }: Seen): Met {
  const ways = [...credentials.map(({ name }) => name), ...trusts.map(({ subjectPattern }) => subjectPattern ?? "any subject")];
  if (ways.length > 1) return metUnless([itself(`${ways.length} pipelines still share it: ${ways.slice(0, 3).join(", ")}`)]);
  const [trust] = trusts;
  const isShared = trust !== undefined && isOfMany(trust.subjectPattern);
  return metUnless(isShared ? [itself(`${trust.subjectPattern ?? "any subject"} is more than one pipeline`)] : []);
}

/** A * before the branch: "repo:acme/*" is every repository, "repo:acme/app:*" is every branch of one. */
const isOfMany = (pattern: string | null): boolean =>
  pattern === null || (pattern.split(":").slice(0, 2).join(":") || pattern).includes("*");

function reOwned({ terms }: Asked, { identity }: Seen): Met {
  if (terms?.answer !== "re_own") return unknown("The new owners are not known.");
  const wrong = (found: LivePerson | null, wanted: { id: string; name: string }, role: string): Found[] => {
    if (found?.id !== wanted.id) return [itself(`its ${role} is ${found ? found.name : "nobody"}, not ${wanted.name}`)];
    return found.inOffice ? [] : [itself(`its ${role} ${found.name} has left`)];
  };
  return metUnless([
    ...wrong(identity?.owner ?? null, terms.owner, "owner"),
    ...wrong(identity?.backupOwner ?? null, terms.backupOwner, "backup owner"),
  ]);
}
