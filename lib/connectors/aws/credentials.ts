import type { StreamRecord } from "#lib/inventory/streams.ts";
import type { Account } from "./account.ts";
import type { ReportRow } from "./credential-report.ts";
import { accessKeyKey, certificateKey, passwordKey, rootKey } from "./keys.ts";
import { kindOf } from "./mfa-devices.ts";

export type Gathered = { readonly records: StreamRecord[]; readonly excluded: Record<string, number> };

export const SWITCHED_OFF = "keys and certificates that are switched off";
export const REPORT_ONLY = "users of the credential report that the export does not have";

/** Passwords, keys and certificates, as the credential report tells. Without one nothing is known of any: none is listed, and the stream says so. */
export function credentialsOf(account: Account): Gathered {
  const gathered: Gathered = { records: [], excluded: {} };
  for (const row of reported(account, gathered)) {
    if (row.isRoot || row.hasPassword === "yes") gathered.records.push(passwordOf(row));
    for (const { slot, isActive, created, used } of row.keys) {
      if (!isActive) exclude(gathered, SWITCHED_OFF);
      else {
        const id = account.keyIds.get(keyIdPlace(row.arn, created));
        gathered.records.push({
          ...issued(row, accessKeyKey(row.arn, created, slot), "key", created),
          last_used: used,
          fingerprint: id ?? null,
        });
      }
    }
    for (const { slot, isActive, created } of row.certificates) {
      if (!isActive) exclude(gathered, SWITCHED_OFF);
      else
        gathered.records.push({
          ...issued(row, certificateKey(row.arn, created, slot), "certificate", created),
          last_used: "not_supported",
        });
    }
  }
  return gathered;
}

/** Where the id of an access key is looked up: the report tells the second of its creation only. */
export const keyIdPlace = (userArn: string, created: string): string => `${userArn} ${created.slice(0, 19)}`;

/** AWS lets keys live until somebody ends them. */
const issued = ({ arn }: ReportRow, key: string, kind: string, created: string): StreamRecord => ({
  external_id: key,
  identity: arn,
  kind,
  issuer: "AWS IAM",
  created,
  expires: "never",
  // AWS tells one instant for both, and calls it the last rotation.
  rotated: created,
  rotation: "unknown",
});

function passwordOf(row: ReportRow): StreamRecord {
  return {
    external_id: passwordKey(row.arn),
    identity: row.arn,
    kind: "password",
    issuer: row.isRoot ? "AWS (root user)" : "AWS IAM",
    created: row.isRoot ? "not_supported" : "unknown",
    expires: row.passwordExpires,
    rotated: row.passwordChanged,
    rotation: "by_hand",
    last_used: row.passwordUsed,
  };
}

/** One factor for each device that is listed; where only "MFA: yes" is known, one of unknown kind. */
export function factorsOf(account: Account): Gathered {
  const gathered: Gathered = { records: [], excluded: {} };
  const known = knownArns(account);
  const listed = account.devices ?? [];
  const holders = new Set(listed.map(({ user }) => user));
  for (const { serial, user, enrolled } of listed) {
    if (known.has(user))
      gathered.records.push({ external_id: serial, identity: user, ...kindOf(serial), enrolled, last_used: "not_supported" });
    else exclude(gathered, REPORT_ONLY);
  }
  for (const { arn, hasMfa } of reported(account, gathered)) {
    if (hasMfa !== "yes" || holders.has(arn)) continue;
    gathered.records.push({
      external_id: `${arn}/mfa`,
      identity: arn,
      kind: "unknown",
      phishing_resistant: "unknown",
      enrolled: "unknown",
      last_used: "not_supported",
    });
  }
  return gathered;
}

const knownArns = ({ users, partition, id }: Account): Set<string> => new Set([rootKey(partition, id), ...users.map(({ Arn }) => Arn)]);

/** A user that was deleted or made between the two exports belongs to neither: it is counted, and comes whole the next time. */
function reported(account: Account, into: Gathered): ReportRow[] {
  const known = knownArns(account);
  return [...(account.report?.values() ?? [])].filter(({ arn }) => {
    if (!known.has(arn)) exclude(into, REPORT_ONLY);
    return known.has(arn);
  });
}

function exclude({ excluded }: Gathered, rule: string): void {
  excluded[rule] = (excluded[rule] ?? 0) + 1;
}
