import type { Scope } from "../contract.ts";
import type { Account } from "./account.ts";
import { policiesOf } from "./policies.ts";

const accountsOf = (accounts: readonly Account[]): string => accounts.map(({ id }) => id).join(", ");

type Call = { name: string; purpose: string; remedy: string; costs: string };

/** Calls that may be refused, or exports that may be left out, each with the columns that go with it. */
export const CALLS = {
  report: {
    name: "Credential report",
    purpose: "Passwords, access keys, certificates, whether MFA is set up, and when each was last used.",
    remedy: "Allow iam:GenerateCredentialReport and iam:GetCredentialReport, or upload the report.",
    costs: "Credentials and factors: none can be listed. The class and last use of users are unknown.",
  },
  devices: {
    name: "MFA devices",
    purpose: "Which kind of factor each user has, and since when.",
    remedy: "Allow iam:ListVirtualMFADevices and iam:ListMFADevices, or upload the list.",
    costs: "The kind of factors and when they were enrolled: only that there is one is known.",
  },
  summary: {
    name: "Account summary",
    purpose: "How many users, groups and roles there are, by the account's own count.",
    remedy: "Allow iam:GetAccountSummary, or upload the summary.",
    costs: "The declared totals: whether the export is whole is not counted twice.",
  },
  keys: {
    name: "Ids of access keys",
    purpose: "The id of each access key, by which a secret scan finds it.",
    remedy: "Allow iam:ListAccessKeys.",
    costs: "The fingerprint of access keys.",
  },
} as const satisfies Record<string, Call>;

const optional = ({ name, purpose, remedy, costs }: Call, lacking: readonly Account[]): Scope => ({
  name,
  purpose: lacking.length === 0 ? purpose : `${purpose} Missing for account ${accountsOf(lacking)}. ${remedy}`,
  isMandatory: false,
  isHeld: lacking.length === 0,
  costs,
});

/** What the accounts were read with. `extra`: what only one way in can tell. */
export function scopesOf(accounts: readonly Account[], extra: readonly Scope[] = []): Scope[] {
  return [DETAILS, ...optionalScopes(accounts), ...extra];
}

const DETAILS: Scope = {
  name: "Authorization details",
  purpose: "Users, groups, roles and policies: everything hangs on it.",
  isMandatory: true,
  isHeld: true,
};

/** What a reader that may not make the mandatory call is shown: that one, and nothing of the others, which were not asked. */
export const refusedScopes = (): Scope[] => [
  { ...DETAILS, purpose: `${DETAILS.purpose} Allow iam:GetAccountAuthorizationDetails.`, isHeld: false },
];

function optionalScopes(accounts: readonly Account[]): Scope[] {
  const without = accounts.map((account) => ({
    account,
    untold: [...policiesOf(account).values()].filter(({ contents }) => contents === null).length,
  }));
  const untold = without.filter((each) => each.untold > 0);
  return [
    {
      name: "Documents of all policies",
      purpose:
        untold.length === 0
          ? "What each policy allows."
          : `${untold.map((each) => `${each.untold} of account ${each.account.id}`).join(", ")} came without a document that can be read. Export without --filter.`,
      isMandatory: false,
      isHeld: untold.length === 0,
      costs: "What those policies allow, and whether they are privileged: unknown.",
    },
    optional(
      CALLS.report,
      accounts.filter(({ report }) => !report),
    ),
    optional(
      CALLS.devices,
      accounts.filter(({ devices }) => !devices),
    ),
    optional(
      CALLS.summary,
      accounts.filter(({ summary }) => !summary),
    ),
  ];
}
