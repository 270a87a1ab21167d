"use client";
import { Drawer } from "@mantine/core";
import { useEffect, useState } from "react";
import { Moment } from "#components/ui/moment.tsx";
import { RowsSkeleton } from "#components/ui/page-skeleton.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import { Reasons } from "#components/ui/reasons.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { Timeline } from "#components/ui/timeline.tsx";
import type { ItemDetail, ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { termsText } from "#lib/campaigns/terms-words.ts";
import { PastDecisions, UseByWeek, WhatChanged } from "../item-context.tsx";
import { RowFacts } from "../row-facts.tsx";
import { ANSWER_WORDS, INELIGIBLE_WORDS, RISK_WORDS, RULE_WORDS } from "../words.ts";
import { type Decide, DecisionButtons } from "./decision-buttons.tsx";
import { SuggestionLine } from "./fact-lines.tsx";
import classes from "./review.module.css";
import { loadItem } from "./review-api.ts";
import { meaningOf } from "./row-words.ts";

type ItemPanelProps = {
  campaignId: string;
  stagedAt: string;
  row: ReviewItemRow;
  onDecide: Decide;
  onViewed: (id: string) => void;
  onClose: () => void;
};

/** Everything a decision can rest on: what it allows, by which path, since when and by whom, how it was judged before. */
export function ItemPanel({ campaignId, stagedAt, row, onDecide, onViewed, onClose }: ItemPanelProps) {
  const [detail, setDetail] = useState<ItemDetail | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setDetail(null);
    loadItem(campaignId, row.id).then(
      (found) => {
        if (!isCurrent) return;
        setDetail(found);
        onViewed(row.id);
      },
      (error: Error) => isCurrent && setFailure(error.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [campaignId, row.id, onViewed]);
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={<Title row={row} />} closeButtonProps={{ "aria-label": "Close" }}>
      <div className={classes.panel}>
        {detail ? <Facts detail={detail} /> : failure ? <p role="alert">{failure}</p> : <RowsSkeleton rows={6} />}
        <div className={classes.panelDecision}>
          {row.answer === null && (
            <p className={classes.panelSuggestion}>
              <SuggestionLine row={row} stagedAt={stagedAt} />
            </p>
          )}
          <DecisionButtons row={row} onDecide={onDecide} large />
        </div>
      </div>
    </Drawer>
  );
}

function Title({ row }: { row: ReviewItemRow }) {
  return (
    <span className={classes.panelTitle}>
      {meaningOf(row)} <span className={classes.panelWho}>{row.personName ?? row.identityName}</span>
    </span>
  );
}

function Facts({ detail }: { detail: ItemDetail }) {
  return (
    <>
      <RowFacts row={detail} />
      <section className={classes.panelPart}>
        <h3>
          Risk <RiskBadge risk={detail.riskClass} />
        </h3>
        <Reasons reasons={detail.riskReasons.map((reason) => ({ text: RISK_WORDS[reason] }))} label="Why this risk" />
      </section>
      {detail.reaches.length > 0 && (
        <section className={classes.panelPart}>
          <h3>What it reaches{detail.reachCount > detail.reaches.length ? ` (${detail.reaches.length} of ${detail.reachCount})` : ""}</h3>
          <ul className={classes.reaches}>
            {detail.reaches.map((reach) => (
              <li key={`${reach.name} ${reach.path.join(">")}`}>
                {reach.meaning ?? reach.name}
                <span className={classes.dim}> by {reach.path.join(" → ")}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {detail.alsoHeldBy.length > 0 && (
        <section className={classes.panelPart}>
          <h3>Revoking this alone is not enough</h3>
          <p>They reach the same by {detail.alsoHeldBy.join(", ")}.</p>
        </section>
      )}
      <section className={classes.panelPart}>
        <h3>90 days of use</h3>
        <UseByWeek use={detail.context.use} />
      </section>
      {detail.context.contents && (
        <section className={classes.panelPart}>
          <h3>What changed since it was signed off</h3>
          <WhatChanged contents={detail.context.contents} />
        </section>
      )}
      <section className={classes.panelPart}>
        <h3>Decided before</h3>
        <PastDecisions past={detail.context.past} />
      </section>
      <section className={classes.panelPart}>
        <h3>Why you</h3>
        <p>
          {detail.onBehalfOf
            ? `You stand in for ${detail.onBehalfOf}, who is the ${ruleWords(detail)}.`
            : `You are the ${ruleWords(detail)}.`}
          {detail.passedOver.map(
            ({ rule, name, why }) => ` ${name ?? "Nobody"} as ${RULE_WORDS[rule]} was passed over: ${INELIGIBLE_WORDS[why]}.`,
          )}
        </p>
      </section>
      {detail.decisions.length > 0 && (
        <section className={classes.panelPart}>
          <h3>Answers so far</h3>
          <Timeline
            label="Answers so far"
            events={detail.decisions.map((decision) => ({
              id: decision.id,
              at: decision.decidedAt,
              title: `${decision.answer === "withdrawn" ? "Taken back" : ANSWER_WORDS[decision.answer].done} by ${decision.userName ?? "unknown"}`,
              detail: [decision.terms ? termsText(decision.terms) : null, decision.rationale].filter(Boolean).join(" ") || undefined,
            }))}
          />
        </section>
      )}
      <p className={classes.dim}>
        First seen by {detail.openedRun ? <Run run={detail.openedRun} /> : "an unknown sync"}, last by{" "}
        {detail.observedRun ? <Run run={detail.observedRun} /> : "an unknown sync"}. {detail.environment} environment.
      </p>
      <RawId value={`${detail.identityExternalId} → ${detail.entitlementExternalId}`} label="ids in the source" />
    </>
  );
}

const ruleWords = ({ reviewerRule }: ItemDetail) => (reviewerRule ? RULE_WORDS[reviewerRule] : "reviewer");

function Run({ run }: { run: { id: string; startedAt: string } }) {
  return (
    <>
      the sync of <Moment at={run.startedAt} show="instant" />
    </>
  );
}
