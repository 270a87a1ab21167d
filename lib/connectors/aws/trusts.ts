import type { StreamRecord } from "#lib/inventory/streams.ts";
import type { Account } from "./account.ts";
import { trustsOfRole } from "./assumable.ts";
import { conditionText, type RoleTrust } from "./policy/trust.ts";

/** Every way into every role. Several by one issuer are told apart by their order. */
export function trustRecordsOf(account: Account): StreamRecord[] {
  return account.roles.flatMap((role) => {
    const seen = new Map<string, number>();
    return trustsOfRole(role).map((trust) => {
      const nth = (seen.get(trust.issuer) ?? 0) + 1;
      seen.set(trust.issuer, nth);
      return {
        external_id: `${role.Arn}/trust/${trust.issuer}${nth > 1 ? `/${nth}` : ""}`,
        identity: role.Arn,
        issuer: trust.issuer,
        subject_pattern: trust.subjectPattern ?? subjectOf(trust),
        audience: trust.audience,
        conditions: conditionsOf(trust, account) || null,
      };
    });
  });
}

const subjectOf = ({ kind }: RoleTrust): string | null =>
  kind === "account" ? "whoever that account's policies allow" : kind === "service" ? "the service itself" : null;

/** What is too broad first, in words; then the conditions as they are written. */
function conditionsOf(trust: RoleTrust, account: Account): string {
  const isForeign = trust.account !== null && trust.account !== account.id;
  const hasExternalId = trust.conditions.some(({ key }) => key.toLowerCase() === "sts:externalid");
  const foreign = isForeign
    ? trust.kind === "account"
      ? `Any identity that account ${trust.account} chooses can assume this role${hasExternalId ? ", with the external id" : "; no external id is asked for"}.`
      : "From another account."
    : "";
  return [trust.tooBroad ?? "", foreign, conditionText(trust.conditions)].filter((each) => each !== "").join(" ");
}
