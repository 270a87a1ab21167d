import type { Stream } from "#lib/inventory/streams.ts";
import type { Completeness, Declared } from "../contract.ts";
import { Access, resourcesOf } from "./access.ts";
import type { Account } from "./account.ts";
import { credentialsOf, factorsOf, type Gathered } from "./credentials.ts";
import { identitiesOf } from "./identities.ts";
import { type Listed, ordered } from "./pages.ts";
import { trustRecordsOf } from "./trusts.ts";

export const AWS_STREAMS = [
  "identities",
  "resources",
  "entitlements",
  "grants",
  "trusts",
  "credentials",
  "factors",
] as const satisfies readonly Stream[];
export type AwsStream = (typeof AWS_STREAMS)[number];

type Gather = (account: Account, access: Access) => Gathered;
const plain =
  (gather: (account: Account, access: Access) => Gathered["records"]): Gather =>
  (account, access) => ({ records: gather(account, access), excluded: {} });

const GATHER: Readonly<Record<AwsStream, Gather>> = {
  identities: plain(identitiesOf),
  resources: plain(resourcesOf),
  entitlements: plain((_account, access) => access.entitlements()),
  grants: (_account, access) => access.grants(),
  trusts: plain(trustRecordsOf),
  credentials: credentialsOf,
  factors: factorsOf,
};

/** Everything that the accounts yield; made once, since one record may need all the others. */
export function listStreams(accounts: readonly Account[], refusal?: string): Record<AwsStream, Listed> {
  const all = accounts.map((account) => ({ account, access: new Access(account) }));
  const gather = (stream: AwsStream): Listed => {
    const gathered: { records: Gathered["records"]; excluded: Record<string, number> } = { records: [], excluded: {} };
    for (const { account, access } of all) {
      const { records, excluded } = GATHER[stream](account, access);
      for (const record of records) gathered.records.push(record);
      for (const [rule, count] of Object.entries(excluded)) gathered.excluded[rule] = (gathered.excluded[rule] ?? 0) + count;
    }
    return {
      ...ordered(stream, gathered),
      completeness: refusal ? { kind: "unavailable", reason: refusal } : completenessOf(stream, accounts),
    };
  };
  return Object.fromEntries(AWS_STREAMS.map((stream) => [stream, gather(stream)])) as Record<AwsStream, Listed>;
}

/** Without a credential report nothing is known of credentials and factors, which is not that there are none. */
function completenessOf(stream: AwsStream, accounts: readonly Account[]): Completeness {
  const untold = accounts.filter((account) =>
    stream === "credentials" ? !account.report : stream === "factors" && !account.report && !account.devices,
  );
  if (untold.length === 0) return { kind: "complete" };
  const reason = `There is no credential report of account ${untold.map(({ id }) => id).join(", ")}.`;
  return untold.length === accounts.length ? { kind: "unavailable", reason } : { kind: "partial", reason };
}

/** What the accounts count of themselves, where all of them do. The root user is in none of their counts. */
export function totalsOf(accounts: readonly Account[]): Declared["totals"] {
  const summaries = accounts.flatMap(({ summary }) => summary ?? []);
  if (summaries.length === 0 || summaries.length < accounts.length) return {};
  const sum = (of: (summary: (typeof summaries)[number]) => number) => summaries.reduce((all, each) => all + of(each), 0);
  return {
    identities: sum(({ users, roles }) => users + roles + 1),
    resources: sum(({ groups, roles }) => groups + roles + 1),
  };
}
