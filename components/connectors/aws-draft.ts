import type { AwsSettings } from "#lib/connectors/aws/schema.ts";
import type { Environment } from "#lib/inventory/streams.ts";

export type AwsWay = AwsSettings["way"];
export type AwsAccountDraft = { id: string; name: string; environment: Environment };

/** The form as it is typed. */
export type AwsDraft = {
  way: AwsWay;
  accounts: readonly AwsAccountDraft[];
  region: string;
  endpoint: string;
  roleArn: string;
  externalId: string;
};

export const NO_ACCOUNT: AwsAccountDraft = { id: "", name: "", environment: "unknown" };
export const EMPTY_AWS: AwsDraft = {
  way: "bundle",
  accounts: [NO_ACCOUNT],
  region: "us-east-1",
  endpoint: "",
  roleArn: "",
  externalId: "",
};

/** What the server checks and saves. `kept` are settings that the form does not show, so that saving never drops them. */
export function awsSettingsOf(draft: AwsDraft, kept: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const before = new Map(listed(kept.accounts).map((account) => [account.id, account]));
  const accounts = draft.accounts
    .map((account) => ({ ...account, id: account.id.replaceAll(/[\s-]/g, ""), name: account.name.trim() }))
    .filter(({ id, name }) => id !== "" || name !== "")
    .map(({ id, name, environment }) => ({ ...before.get(id), id, ...(name === "" ? {} : { name }), environment }));
  if (draft.way === "bundle") return { ...kept, way: "bundle", accounts };
  const [endpoint, arn, externalId] = [draft.endpoint.trim(), draft.roleArn.trim(), draft.externalId.trim()];
  const { endpoint: _endpoint, role: _role, ...others } = kept;
  return {
    ...others,
    way: "live",
    region: draft.region.trim(),
    ...(endpoint === "" ? {} : { endpoint }),
    ...(arn === "" && externalId === "" ? {} : { role: { arn, externalId } }),
    accounts,
  };
}

export function awsDraftOf(settings: AwsSettings): AwsDraft {
  const accounts = settings.accounts.map(({ id, name, environment }) => ({ id, name: name ?? "", environment }));
  const shown = { ...EMPTY_AWS, way: settings.way, accounts: accounts.length > 0 ? accounts : [NO_ACCOUNT] };
  if (settings.way === "bundle") return shown;
  const { region, endpoint = "", role } = settings;
  return { ...shown, region, endpoint, roleArn: role?.arn ?? "", externalId: role?.externalId ?? "" };
}

type Saved = { id: string };
const listed = (accounts: unknown): Saved[] =>
  Array.isArray(accounts) ? accounts.filter((account): account is Saved => typeof account?.id === "string") : [];
