"use client";

import { ActionIcon, Button, NativeSelect, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { ENVIRONMENTS, IDENTITY_CLASSES, type IdentityClass, SENSITIVITIES } from "#lib/inventory/streams.ts";
import classes from "./files.module.css";
import type { PostgresDraft } from "./postgres-draft.ts";
import { readerScript } from "./postgres-script.ts";
import { ScriptBlock } from "./script-block.tsx";

const TLS = [
  { value: "verify-full", label: "encrypted, certificate and name checked" },
  { value: "require", label: "encrypted, certificate not checked" },
  { value: "disable", label: "not encrypted" },
];

type PostgresFieldsProps = {
  draft: PostgresDraft;
  onChange: (draft: PostgresDraft) => void;
  /** By field of the settings: "host", "databases.only.0". */
  errors: Readonly<Record<string, string>>;
  password: string;
  onPassword: (password: string) => void;
  /** A saved source keeps its password unless a new one is typed. */
  hasSecret?: boolean;
};

export function PostgresFields({ draft, onChange, errors, password, onPassword, hasSecret = false }: PostgresFieldsProps) {
  const set = <Key extends keyof PostgresDraft>(key: Key, value: PostgresDraft[Key]) => onChange({ ...draft, [key]: value });
  const error = (field: string) => errors[field] ?? Object.entries(errors).find(([name]) => name.startsWith(`${field}.`))?.[1];
  const only = draft.only
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return (
    <>
      <fieldset className={classes.fieldset}>
        <legend className={classes.legend}>Where it is</legend>
        <div className={classes.pair}>
          <TextInput
            label="Host"
            required
            value={draft.host}
            onChange={(event) => set("host", event.currentTarget.value)}
            error={error("host")}
            autoComplete="off"
          />
          <TextInput
            label="Port"
            required
            inputMode="numeric"
            value={draft.port}
            onChange={(event) => set("port", event.currentTarget.value)}
            error={error("port")}
          />
          <TextInput
            label="Database"
            description="Where the reader signs in first"
            required
            value={draft.database}
            onChange={(event) => set("database", event.currentTarget.value)}
            error={error("database")}
            autoComplete="off"
          />
          <NativeSelect
            label="Connection"
            description="Over a network, check the certificate"
            data={TLS}
            value={draft.tls}
            onChange={(event) => set("tls", event.currentTarget.value as PostgresDraft["tls"])}
            error={error("tls")}
          />
        </div>
        {draft.tls === "verify-full" && (
          <Textarea
            label="Authority of your own"
            description="PEM; leave empty for the authorities that the system knows"
            autosize
            minRows={1}
            maxRows={8}
            value={draft.ca}
            onChange={(event) => set("ca", event.currentTarget.value)}
          />
        )}
      </fieldset>
      <fieldset className={classes.fieldset}>
        <legend className={classes.legend}>Who reads</legend>
        <p className={classes.help}>
          An ordinary sign-in role that sees no row of any table. Have it made by whoever administers the server:
        </p>
        <ScriptBlock label="Script for the reader" text={readerScript(draft.user, only)} />
        <div className={classes.pair}>
          <TextInput
            label="Reader"
            required
            value={draft.user}
            onChange={(event) => set("user", event.currentTarget.value)}
            error={error("user")}
            autoComplete="off"
          />
          <PasswordInput
            label="Password"
            required={!hasSecret}
            description={hasSecret ? "Kept as it is unless you type a new one" : "Encrypted when saved, and never shown again"}
            value={password}
            onChange={(event) => onPassword(event.currentTarget.value)}
            error={errors.password}
            autoComplete="new-password"
          />
        </div>
      </fieldset>
      <fieldset className={classes.fieldset}>
        <legend className={classes.legend}>What belongs to it</legend>
        <p className={classes.help}>One name a line; * stands for any characters. What is left out is counted and shown, never silent.</p>
        <div className={classes.pair}>
          <Textarea
            label="Only these databases"
            description="Empty: all of them"
            autosize
            minRows={2}
            value={draft.only}
            onChange={(event) => set("only", event.currentTarget.value)}
            error={error("databases.only")}
          />
          <Textarea
            label="Except these databases"
            autosize
            minRows={2}
            description="They stay uncovered"
            value={draft.except}
            onChange={(event) => set("except", event.currentTarget.value)}
            error={error("databases.except")}
          />
          <Textarea
            label="Leave out these roles"
            autosize
            minRows={2}
            description="Such as those of Countersign's own databases"
            value={draft.exceptRoles}
            onChange={(event) => set("exceptRoles", event.currentTarget.value)}
            error={error("exceptRoles")}
          />
          <Textarea
            label="Break-glass roles"
            autosize
            minRows={2}
            description="Nothing is ever taken from them by this program"
            value={draft.breakGlass}
            onChange={(event) => set("breakGlass", event.currentTarget.value)}
            error={error("breakGlass")}
          />
        </div>
      </fieldset>
      <fieldset className={classes.fieldset}>
        <legend className={classes.legend}>What its roles are</legend>
        <p className={classes.help}>
          By name; the first that fits wins, and a tag in a role's comment wins over it. A role with neither is of class unknown: nothing is
          guessed.
        </p>
        <ClassRules draft={draft} onChange={onChange} />
        <div className={classes.pair}>
          <NativeSelect
            label="Environment"
            description="Of what the comments do not say"
            data={[...ENVIRONMENTS]}
            value={draft.environment}
            onChange={(event) => set("environment", event.currentTarget.value as PostgresDraft["environment"])}
          />
          <NativeSelect
            label="Sensitivity"
            description="Of what the comments do not say"
            data={[...SENSITIVITIES]}
            value={draft.sensitivity}
            onChange={(event) => set("sensitivity", event.currentTarget.value as PostgresDraft["sensitivity"])}
          />
        </div>
      </fieldset>
    </>
  );
}

function ClassRules({ draft, onChange }: Pick<PostgresFieldsProps, "draft" | "onChange">) {
  const change = (at: number, rule: PostgresDraft["classes"][number] | null) =>
    onChange({ ...draft, classes: draft.classes.flatMap((each, index) => (index !== at ? [each] : rule ? [rule] : [])) });
  return (
    <div className={classes.stack}>
      {draft.classes.map((rule, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule is its place in the order
        <div key={at} className={classes.row}>
          <TextInput
            aria-label={`Name of rule ${at + 1}`}
            placeholder="svc_*"
            value={rule.pattern}
            onChange={(event) => change(at, { ...rule, pattern: event.currentTarget.value })}
          />
          <NativeSelect
            aria-label={`Class of rule ${at + 1}`}
            data={[...IDENTITY_CLASSES]}
            value={rule.class}
            onChange={(event) => change(at, { ...rule, class: event.currentTarget.value as IdentityClass })}
          />
          <ActionIcon aria-label={`Remove rule ${at + 1}`} onClick={() => change(at, null)}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        style={{ justifySelf: "start" }}
        onClick={() => onChange({ ...draft, classes: [...draft.classes, { pattern: "", class: "service" }] })}
      >
        Add a name rule
      </Button>
    </div>
  );
}
