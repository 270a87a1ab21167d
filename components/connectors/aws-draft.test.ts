import { expect, it } from "vitest";
import { awsSettings } from "#lib/connectors/aws/schema.ts";
import { awsDraftOf, awsSettingsOf, EMPTY_AWS } from "./aws-draft.ts";

const LIVE = {
  way: "live",
  region: "eu-central-1",
  endpoint: "https://iam.example.com",
  role: { arn: "arn:aws:iam::123456789012:role/reader", externalId: "x-1" },
  accounts: [{ id: "123456789012", name: "Production", environment: "prod", sensitivity: "restricted" }],
  deadlineSeconds: 60,
};

it("an empty form is a bundle of accounts that go by their numbers", () => {
  expect(awsSettings.parse(awsSettingsOf(EMPTY_AWS))).toMatchObject({ way: "bundle", accounts: [] });
});

it("saved settings come back as they were, with what the form does not show", () => {
  const settings = awsSettings.parse(LIVE);
  expect(awsSettings.parse(awsSettingsOf(awsDraftOf(settings), settings))).toEqual(settings);
});

it("an emptied endpoint and role are gone, and spaces and dashes of an account's number do not count", () => {
  const settings = awsSettings.parse(LIVE);
  const draft = {
    ...awsDraftOf(settings),
    endpoint: " ",
    roleArn: "",
    externalId: "",
    accounts: [{ id: "1234-5678-9012", name: "", environment: "dev" as const }],
  };
  const saved = awsSettingsOf(draft, settings);
  expect(saved).not.toHaveProperty("endpoint");
  expect(saved).not.toHaveProperty("role");
  expect(saved.accounts).toEqual([{ id: "123456789012", name: "Production", environment: "dev", sensitivity: "restricted" }]);
});
