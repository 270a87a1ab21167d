"use client";
import { Checkbox, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { RowsSkeleton } from "#components/ui/page-skeleton.tsx";
import type { TermedAnswer } from "#lib/campaigns/answers.ts";
import type { ItemDetail, ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { PersonSearch } from "../person-search.tsx";
import { loadItem } from "./review-api.ts";
import type { DraftProblem, TermsDraft } from "./terms-draft.ts";

type FieldsProps = {
  campaignId: string;
  row: ReviewItemRow;
  answer: TermedAnswer;
  draft: TermsDraft;
  problem: DraftProblem | null;
  onChange: (change: Partial<TermsDraft>) => void;
};

/** What one decision asks for beside the reason; most ask for nothing. */
export function TermsFields({ campaignId, row, answer, draft, problem, onChange }: FieldsProps) {
  const error = (field: DraftProblem["field"]) => (problem?.field === field ? problem.message : undefined);
  switch (answer) {
    case "reduce":
    case "narrow":
      if (answer === "narrow" && row.kind !== "grant")
        return (
          <TextInput
            label="Subjects that may still assume it"
            description="As the issuer writes them, for example repo:acme/app:ref:refs/heads/main. A * stands for any text."
            required
            data-autofocus
            value={draft.subjectPattern}
            error={error("subjectPattern")}
            onChange={(event) => onChange({ subjectPattern: event.currentTarget.value })}
          />
        );
      return (
        <Stays
          campaignId={campaignId}
          itemId={row.id}
          stays={draft.stays}
          error={error("stays")}
          onChange={(stays) => onChange({ stays })}
        />
      );
    case "time_limit":
      return (
        <TextInput
          type="date"
          label="Last day"
          required
          data-autofocus
          value={draft.day}
          error={error("day")}
          onChange={(event) => onChange({ day: event.currentTarget.value })}
        />
      );
    case "shorten":
      return (
        <TextInput
          label="Days that it may last, from when it was made"
          inputMode="numeric"
          required
          data-autofocus
          value={draft.maxDays}
          error={error("maxDays")}
          onChange={(event) => onChange({ maxDays: event.currentTarget.value })}
        />
      );
    case "federate":
      return (
        <TextInput
          label="Issuer to trust instead"
          description="Left out: any. For example https://token.actions.githubusercontent.com."
          data-autofocus
          value={draft.issuer}
          onChange={(event) => onChange({ issuer: event.currentTarget.value })}
        />
      );
    case "re_own":
      return (
        <>
          <PersonSearch label="Owner" required value={draft.owner} onChange={(owner) => onChange({ owner })} error={error("owner")} />
          <PersonSearch
            label="Backup owner"
            required
            value={draft.backupOwner}
            onChange={(backupOwner) => onChange({ backupOwner })}
            error={error("backupOwner")}
          />
        </>
      );
    case "rotate":
    case "split":
    case "retire":
      return null;
  }
}

type StaysProps = {
  campaignId: string;
  itemId: string;
  stays: readonly string[];
  error: string | undefined;
  onChange: (stays: readonly string[]) => void;
};

/** The entitlement itself and what it reaches: what is ticked stays, the rest goes. */
function Stays({ campaignId, itemId, stays, error, onChange }: StaysProps) {
  const [detail, setDetail] = useState<ItemDetail | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    loadItem(campaignId, itemId).then(
      (found) => isCurrent && setDetail(found),
      (reason: Error) => isCurrent && setFailure(reason.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [campaignId, itemId]);
  if (failure) return <p role="alert">{failure}</p>;
  if (!detail) return <RowsSkeleton rows={4} />;
  const reached = detail.reaches.flatMap(({ id, name, meaning }) =>
    id ? [{ id, label: meaning && meaning !== name ? `${meaning} (${name})` : name }] : [],
  );
  const all = detail.entitlementId ? [{ id: detail.entitlementId, label: `${detail.entitlementName} itself` }, ...reached] : reached;
  if (reached.length === 0) return <p>It reaches nothing else, so there is nothing less to leave: keep it or revoke it.</p>;
  const unlisted = detail.reachCount - reached.length;
  return (
    <Checkbox.Group
      label="What stays"
      description={
        unlisted > 0 ? `Whatever is not ticked goes, with ${unlisted} more that are not listed.` : "Whatever is not ticked goes."
      }
      required
      value={[...stays]}
      error={error}
      onChange={(ids) => onChange(ids)}
    >
      {all.map(({ id, label }) => (
        <Checkbox key={id} value={id} label={label} mt={8} />
      ))}
    </Checkbox.Group>
  );
}
