import { expect, it } from "vitest";
import { awsFileOf, placeOf } from "./export-kind.ts";

it.each([
  [
    "details-123456789012.json",
    '{\n "UserDetailList": [{"Arn": "arn:aws:iam::123456789012:user/ada"',
    "authorization details of 123456789012",
  ],
  ["any.csv", "user,arn,user_creation_time\n<root_account>,arn:aws:iam::123456789012:root,", "credential report of 123456789012"],
  ["credential-report-123456789012.json", '{"Content": "dXNlcixh', "credential report of 123456789012"],
  ["devices.json", '{"VirtualMFADevices": [{"SerialNumber": "arn:aws:iam::123456789012:mfa/ada"', "MFA devices of 123456789012"],
  ["summary.json", '{"SummaryMap": {"Users": 3}}', "account summary"],
  ["accounts.csv", "login,name", "accounts.csv"],
])("%s takes the place of the older %s", (name, beginning, place) => expect(placeOf(name, awsFileOf(beginning))).toBe(place));
