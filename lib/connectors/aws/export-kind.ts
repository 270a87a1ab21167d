export type AwsFileKind = "authorization details" | "credential report" | "MFA devices" | "account summary";

/** What an export is, by its beginning: a newer one takes the place of the older of the same account, whatever the two are called. */
export type AwsFile = { kind: AwsFileKind; account: string | null };

const SIGNS: readonly (readonly [RegExp, AwsFileKind])[] = [
  [/^\s*user,arn,/, "credential report"],
  [/"(UserDetailList|GroupDetailList|RoleDetailList)"/, "authorization details"],
  [/"ReportFormat"|"Content"/, "credential report"],
  [/"(Virtual)?MFADevices"/, "MFA devices"],
  [/"SummaryMap"/, "account summary"],
];

export function awsFileOf(beginning: string): AwsFile | null {
  const kind = SIGNS.find(([sign]) => sign.test(beginning))?.[1];
  if (!kind) return null;
  return { kind, account: /:iam::(\d{12}):/.exec(beginning)?.[1] ?? null };
}

/** The number in the name, for files that hold none in their beginning: a report that is encoded, a summary. */
export const placeOf = (name: string, file: AwsFile | null): string => {
  if (!file) return name;
  const account = file.account ?? /(?<!\d)\d{12}(?!\d)/.exec(name)?.[0] ?? null;
  return account ? `${file.kind} of ${account}` : file.kind;
};
