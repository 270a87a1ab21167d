/** What is run where the account is, by somebody who may read IAM; nothing of it changes anything but that a report is made. */
export const EXPORT_COMMANDS = [
  "ACCOUNT=$(aws sts get-caller-identity --query Account --output text)",
  'aws iam get-account-authorization-details --output json > "authorization-details-$ACCOUNT.json"',
  "aws iam generate-credential-report   # repeat until it says COMPLETE",
  'aws iam get-credential-report --output json > "credential-report-$ACCOUNT.json"',
  'aws iam list-virtual-mfa-devices --assignment-status Assigned --output json > "mfa-devices-$ACCOUNT.json"',
  'aws iam get-account-summary --output json > "account-summary-$ACCOUNT.json"',
  "# For the statement of how the files were made:",
  "aws --version; aws sts get-caller-identity --query Arn --output text; date -u +%FT%TZ",
].join("\n");

const ACTIONS = [
  "iam:GetAccountAuthorizationDetails",
  "iam:GenerateCredentialReport",
  "iam:GetCredentialReport",
  "iam:GetAccountSummary",
  "iam:ListVirtualMFADevices",
  "iam:ListMFADevices",
  "iam:ListAccessKeys",
];

/** The least that a reader needs. */
export const READER_POLICY = JSON.stringify(
  { Version: "2012-10-17", Statement: [{ Sid: "CountersignReads", Effect: "Allow", Action: ACTIONS, Resource: "*" }] },
  null,
  2,
);
