"use client";

import { TextInput } from "@mantine/core";
import classes from "./files.module.css";

export type AttestationDraft = { exportedAt: string; tool: string; version: string; command: string; identity: string };
export const NO_ATTESTATION: AttestationDraft = { exportedAt: "", tool: "", version: "", command: "", identity: "" };

const FIELDS = [
  { key: "tool", label: "Tool", placeholder: "ldapsearch" },
  { key: "version", label: "Version", placeholder: "2.6.7" },
  { key: "command", label: "Command", placeholder: "ldapsearch -b ou=people …" },
  { key: "identity", label: "Run as", placeholder: "cn=export,ou=services" },
] as const;

/** All four or none: half a statement is no statement, and the manifest would call it unattested. */
export function attestationOf({ tool, version, command, identity }: AttestationDraft) {
  const told = { tool: tool.trim(), version: version.trim(), command: command.trim(), identity: identity.trim() };
  const count = Object.values(told).filter((text) => text !== "").length;
  if (count === 0) return { kind: "none" } as const;
  return count === FIELDS.length ? ({ kind: "whole", attestation: told } as const) : ({ kind: "half" } as const);
}

/** The instant, by this browser's clock and zone; null where none was said. */
export function exportedAtOf({ exportedAt }: AttestationDraft): string | null {
  const at = new Date(exportedAt);
  return exportedAt === "" || Number.isNaN(at.getTime()) ? null : at.toISOString();
}

type AttestationFieldsProps = { draft: AttestationDraft; onChange: (draft: AttestationDraft) => void };

/** How the files came to be. Whoever leaves it empty is believed less, and the evidence says so. */
export function AttestationFields({ draft, onChange }: AttestationFieldsProps) {
  const isHalf = attestationOf(draft).kind === "half";
  const isLater = (exportedAtOf(draft) ?? "") > new Date().toISOString();
  return (
    <details className={classes.summary}>
      <summary>How the files were made (optional; without it they count as unattested)</summary>
      <div className={classes.narrow}>
        <TextInput
          type="datetime-local"
          label="Exported at"
          description="When the source wrote them, in your time. Left empty the upload counts, which is later and so proves less."
          value={draft.exportedAt}
          error={isLater ? "That is still to come" : undefined}
          onChange={(event) => onChange({ ...draft, exportedAt: event.currentTarget.value })}
        />
        <div className={classes.pair} data-align="start">
          {FIELDS.map(({ key, label, placeholder }) => (
            <TextInput
              key={key}
              label={label}
              placeholder={placeholder}
              maxLength={1_000}
              value={draft[key]}
              error={isHalf && draft[key].trim() === "" ? "All four, or none" : undefined}
              onChange={(event) => onChange({ ...draft, [key]: event.currentTarget.value })}
            />
          ))}
        </div>
      </div>
    </details>
  );
}
