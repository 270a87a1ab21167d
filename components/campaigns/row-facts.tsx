"use client";

import { ExceptionMark } from "#components/exceptions/exception-mark.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { contentsChangeWords, factorsWords, lastDecisionWords, peersWords } from "./fact-words.ts";
import { privilegeWords } from "./words.ts";

/** Everything that stands on an item's row, where there is room to name each fact. */
export function RowFacts({ row }: { row: ReviewItemRow }) {
  const { lastUsed, started, expires, lastDecision } = row;
  const changed = contentsChangeWords(row);
  return (
    <DefinitionList
      facts={[
        {
          term: row.kind === "grant" ? "Entitlement" : "Under review",
          value: `${row.entitlementName}${row.resourceName ? ` on ${row.resourceName}` : ""}`,
        },
        { term: "Held as", value: `${row.identityName} (${row.identityClass.replaceAll("_", "-")}, ${row.identityStatus})` },
        ...(row.onBehalfOf ? [{ term: "On behalf of", value: row.onBehalfOf }] : []),
        ...(row.personName
          ? [
              {
                term: "Person",
                value: (
                  <>
                    {[row.personName, row.personTitle, row.department].filter(Boolean).join(", ")}
                    {row.personStatus === "left" && (
                      <>
                        , <ToneText tone="warning">left</ToneText>
                      </>
                    )}
                  </>
                ),
              },
            ]
          : []),
        { term: "Privilege", value: privilegeWords(row.privileged) },
        ...row.conflicts.map((conflict, at) => ({
          term: at === 0 ? "Conflict" : `Conflict ${at + 1}`,
          value: (
            <>
              <ToneText tone="warning">{conflict}</ToneText> {at === 0 && <TextLink href="/campaigns/duties">All such pairs</TextLink>}
            </>
          ),
        })),
        { term: "Last used", value: <Moment at={lastUsed.at} kind={lastUsed.kind} /> },
        { term: "Peers", value: peersWords(row) },
        {
          term: "Granted",
          value: (
            <>
              {started.kind === "value" || !row.openedAt ? (
                <Moment at={started.at} kind={started.kind} show="date" />
              ) : (
                <>
                  unknown, first seen <Moment at={row.openedAt} show="date" />
                </>
              )}
              , by {row.grantedBy ?? "unknown"}
            </>
          ),
        },
        { term: "Expires", value: <Moment at={expires.at} kind={expires.kind} show="date" /> },
        { term: "Factors", value: factorsWords(row.factors) },
        {
          term: "Last decision",
          value: (
            <>
              {lastDecisionWords(row)}
              {lastDecision && (
                <>
                  , <Moment at={lastDecision.at} show="date" /> in {lastDecision.campaign}
                </>
              )}
            </>
          ),
        },
        ...(changed ? [{ term: "Changed since", value: changed }] : []),
        { term: "Exception", value: row.exception ? <ExceptionMark exception={row.exception} isLink /> : "none" },
      ]}
    />
  );
}
