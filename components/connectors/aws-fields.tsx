"use client";

import { ActionIcon, Button, NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { ENVIRONMENTS, type Environment } from "#lib/inventory/streams.ts";
import { READER_POLICY } from "./aws-commands.ts";
import { type AwsAccountDraft, type AwsDraft, NO_ACCOUNT } from "./aws-draft.ts";
import classes from "./files.module.css";
import { ScriptBlock } from "./script-block.tsx";

type FieldsProps = {
  draft: AwsDraft;
  onChange: (draft: AwsDraft) => void;
  /** By field of the settings: "region", "accounts.0.id". */
  errors: Readonly<Record<string, string>>;
};

/** What people call the accounts, and what each is for: AWS tells neither. */
export function AwsAccountFields({ draft, onChange, errors }: FieldsProps) {
  const change = (at: number, account: AwsAccountDraft | null) =>
    onChange({ ...draft, accounts: draft.accounts.flatMap((each, index) => (index !== at ? [each] : account ? [account] : [])) });
  return (
    <fieldset className={classes.fieldset}>
      <legend className={classes.legend}>What the accounts are</legend>
      <p className={classes.help}>
        A user name is unique in its account only, so every name goes with its account's: admin (Production). An account that is not listed
        goes by its number.
      </p>
      {draft.accounts.map((account, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an account that is being typed has nothing else yet
        <div key={at} className={classes.row} style={{ alignItems: "end" }}>
          <TextInput
            {...named("Account number", at)}
            placeholder="123456789012"
            inputMode="numeric"
            value={account.id}
            onChange={(event) => change(at, { ...account, id: event.currentTarget.value })}
            error={errors[`accounts.${at}.id`]}
          />
          <TextInput
            {...named("Name of the account", at)}
            placeholder="Production"
            maxLength={120}
            value={account.name}
            onChange={(event) => change(at, { ...account, name: event.currentTarget.value })}
          />
          <NativeSelect
            {...named("Environment", at)}
            data={[...ENVIRONMENTS]}
            value={account.environment}
            onChange={(event) => change(at, { ...account, environment: event.currentTarget.value as Environment })}
          />
          <ActionIcon aria-label={`Remove account ${at + 1}`} onClick={() => change(at, null)}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        style={{ justifySelf: "start" }}
        onClick={() => onChange({ ...draft, accounts: [...draft.accounts, NO_ACCOUNT] })}
      >
        Add an account
      </Button>
    </fieldset>
  );
}

/** The first line carries the labels, as the head of a table would. */
const named = (label: string, at: number) => (at === 0 ? { label } : { "aria-label": `${label} ${at + 1}` });

export type AwsSecret = { accessKeyId: string; secretAccessKey: string };
export const NO_AWS_SECRET: AwsSecret = { accessKeyId: "", secretAccessKey: "" };

type LiveProps = FieldsProps & {
  secret: AwsSecret;
  onSecret: (secret: AwsSecret) => void;
  /** A saved source keeps its key unless a new one is typed. */
  hasSecret?: boolean;
};

/** Where AWS is asked, and by whom. */
export function AwsLiveFields({ draft, onChange, errors, secret, onSecret, hasSecret = false }: LiveProps) {
  const set = (changes: Partial<AwsDraft>) => onChange({ ...draft, ...changes });
  const kept = hasSecret ? "Kept as it is unless you type a new one" : null;
  return (
    <>
      <fieldset className={classes.fieldset}>
        <legend className={classes.legend}>Who reads</legend>
        <p className={classes.help}>
          A user or role of its own with this policy and nothing else. Every call only reads, or makes a report.
        </p>
        <ScriptBlock label="Policy for the reader" text={READER_POLICY} />
        <div className={classes.pair}>
          <TextInput
            label="Access key id"
            required={!hasSecret}
            description={kept ?? "Encrypted when saved, and never shown again"}
            value={secret.accessKeyId}
            onChange={(event) => onSecret({ ...secret, accessKeyId: event.currentTarget.value.trim() })}
            error={errors.accessKeyId}
            autoComplete="off"
          />
          <PasswordInput
            label="Secret access key"
            required={!hasSecret}
            description={kept ?? "Encrypted when saved, and never shown again"}
            value={secret.secretAccessKey}
            onChange={(event) => onSecret({ ...secret, secretAccessKey: event.currentTarget.value.trim() })}
            error={errors.secretAccessKey}
            autoComplete="new-password"
          />
          <TextInput
            label="Role to assume"
            description="In the account that is read, where the key is of another one"
            placeholder="arn:aws:iam::123456789012:role/reader"
            value={draft.roleArn}
            onChange={(event) => set({ roleArn: event.currentTarget.value })}
            error={errors["role.arn"]}
            autoComplete="off"
          />
          <TextInput
            label="External id"
            description="Needed with a role: it keeps others from borrowing the reader"
            value={draft.externalId}
            onChange={(event) => set({ externalId: event.currentTarget.value })}
            error={errors["role.externalId"]}
            autoComplete="off"
          />
        </div>
      </fieldset>
      <fieldset className={classes.fieldset}>
        <legend className={classes.legend}>Where it is asked</legend>
        <div className={classes.pair} data-align="start">
          <TextInput
            label="Region"
            description="IAM is one for the whole partition; us-east-1 will do"
            required
            value={draft.region}
            onChange={(event) => set({ region: event.currentTarget.value })}
            error={errors.region}
            autoComplete="off"
          />
          <TextInput
            label="Endpoint"
            description="Empty: AWS's own. Nothing else is ever asked"
            placeholder="https://"
            value={draft.endpoint}
            onChange={(event) => set({ endpoint: event.currentTarget.value })}
            error={errors.endpoint}
            autoComplete="off"
          />
        </div>
      </fieldset>
    </>
  );
}
