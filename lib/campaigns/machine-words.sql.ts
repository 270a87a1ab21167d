import "server-only";

/*
 * What a credential, a trust, an identity or a chain is, in a manager's words, as SQL over credentials k, trusts t, identities i (owner o,
 * backup owner b) and freeze_machines m. Frozen with the item, so days are dates and not "3 days ago".
 */

const day = (at: string) => `to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD')`;

/** A key's own name is in the middle too long to read: its ends tell it apart. */
const short = (text: string) => `CASE WHEN length(${text}) > 24 THEN left(${text}, 8) || '…' || right(${text}, 6) ELSE ${text} END`;

const CREDENTIAL_KIND = `CASE k.kind WHEN 'key' THEN 'Key' WHEN 'token' THEN 'Token' WHEN 'certificate' THEN 'Certificate' WHEN 'password' THEN 'Password' ELSE 'Credential' END`;
/** External ids end with the key's own: "deploy/AKIA…" is AKIA…. */
export const CREDENTIAL_NAME = `${CREDENTIAL_KIND} || ' ' || ${short("regexp_replace(k.external_id, '^.*[/:#]', '')")}`;

/** "created 2024-03-02", "never rotated", "rotation unknown" */
const told = (name: string, words: { value: string; never: string; unknown: string }) => `CASE k.${name}_kind
  WHEN 'value' THEN '${words.value} ' || ${day(`k.${name}_at`)} WHEN 'never' THEN '${words.never}' ELSE '${words.unknown}' END`;

export const CREDENTIAL_WORDS = `${CREDENTIAL_NAME} || ', ' || ${[
  told("created", { value: "created", never: "never created", unknown: "age unknown" }),
  told("rotated", { value: "last rotated", never: "never rotated", unknown: "rotation unknown" }),
  told("expires", { value: "expires", never: "never expires", unknown: "expiry unknown" }),
  told("last_used", { value: "last used", never: "never used", unknown: "last use unknown" }),
].join(" || ', ' || ")}`;

/** Issuers that everybody knows by another name than their address. */
const ISSUER = `CASE WHEN t.issuer LIKE '%token.actions.githubusercontent.com%' THEN 'GitHub Actions' WHEN t.issuer LIKE '%gitlab%' THEN 'GitLab CI'
  WHEN t.issuer LIKE '%accounts.google.com%' THEN 'Google' WHEN t.issuer LIKE '%login.microsoftonline.com%' OR t.issuer LIKE '%sts.windows.net%' THEN 'Microsoft Entra'
  ELSE t.issuer END`;
/** GitHub's subjects are repo:owner/name:ref:…; an end of * is every branch, tag and environment. */
const SUBJECT = `CASE WHEN coalesce(t.subject_pattern, '*') = '*' THEN 'anything' WHEN t.subject_pattern ~ '^repo:[^:]+$' OR t.subject_pattern ~ '^repo:[^:]+:\\*$'
    THEN 'any branch of ' || regexp_replace(t.subject_pattern, ':\\*$', '')
  ELSE t.subject_pattern END`;
export const TRUST_NAME = `${ISSUER} || ': ' || ${SUBJECT}`;
export const TRUST_WORDS = `${TRUST_NAME} || ' may assume ' || i.name`;

const person = (row: string, none: string) => `CASE WHEN ${row}.id IS NULL THEN '${none}'
  ELSE ${row}.name || CASE WHEN ${row}.status = 'left' OR ${row}.gone_at IS NOT NULL THEN ' (left)' ELSE '' END END`;
export const IDENTITY_WORDS = `CASE WHEN o.id IS NULL THEN 'No owner' ELSE 'Owner ' || ${person("o", "nobody")} END || ', '
  || CASE WHEN b.id IS NULL THEN 'no backup owner' ELSE 'backup owner ' || ${person("b", "nobody")} END || ', '
  || CASE WHEN coalesce(i.purpose, '') = '' THEN 'purpose not stated' ELSE 'purpose: ' || i.purpose END`;

/** From the way in to what it can change: "GitHub Actions: repo:acme/app → deploy-prod → Deploy to production, and 3 more". */
export const CHAIN_WORDS = (
  way: string,
): string => `${way} || ' → ' || i.name || ' → ' || CASE WHEN m.reach_count = 0 THEN 'nothing that is known'
  ELSE array_to_string(m.changes[1:2], '; ') || CASE WHEN m.reach_count > 2 THEN ', and ' || (m.reach_count - 2) || ' more' ELSE '' END END`;
