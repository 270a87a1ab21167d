"use client";

import { Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { counted, countText } from "#components/ui/moment-text.ts";
import { useReads } from "#components/ui/reads.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { CampaignPlan } from "#lib/campaigns/plan.ts";
import type { ScopePreview } from "#lib/campaigns/plan-types.ts";
import type { CampaignScopeInput } from "#lib/campaigns/schema.ts";
import { BLOCK_WORDS, EXCLUSION_WORDS } from "./campaign-words.ts";
import classes from "./scope-preview.module.css";
import { INELIGIBLE_WORDS } from "./words.ts";

type ScopePreviewPanelProps = { scope: CampaignScopeInput; plan: CampaignPlan; fallbackPersonId: string | null };

const SETTLE_MS = 350;
const SHOWN_REVIEWERS = 12;
const SHOWN_SUBJECTS = 6;

async function readPreview(body: string, signal: AbortSignal): Promise<ScopePreview> {
  const response = await fetch("/api/v1/campaigns/preview", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal,
  });
  if (!response.ok) throw new Error(`Preview answered ${response.status}`);
  return (await response.json()) as ScopePreview;
}

/** What this scope comes to as the sources stand now. The freeze counts again. */
export function ScopePreviewPanel({ scope, plan, fallbackPersonId }: ScopePreviewPanelProps) {
  const isEmpty = scope.sourceIds.length === 0;
  const missing = missingOf(plan);
  // Empty text: there is nothing to ask. It settles like everything else, so that a scope half undone is never asked for.
  const asked = useMemo(
    () => (isEmpty || missing ? "" : JSON.stringify({ scope, plan, fallbackPersonId })),
    [isEmpty, missing, scope, plan, fallbackPersonId],
  );
  const [settled] = useDebouncedValue(asked, SETTLE_MS);
  const { data, isError, isFetching, isPlaceholderData } = useQuery(
    {
      queryKey: ["preview", settled],
      queryFn: ({ signal }) => readPreview(settled, signal),
      enabled: settled !== "",
      placeholderData: keepPreviousData,
    },
    useReads(),
  );
  return (
    <aside
      className={classes.panel}
      aria-label="Preview of the scope"
      aria-busy={isFetching}
      data-stale={isPlaceholderData || settled !== asked || undefined}
    >
      <h2 className={classes.title}>
        This comes to
        {isFetching && data !== undefined && <span className={classes.dim}> · counting anew</span>}
      </h2>
      {isEmpty ? (
        <p>Choose at least one source.</p>
      ) : missing ? (
        <p>{missing}</p>
      ) : data ? (
        <Figures preview={data} />
      ) : isError ? (
        <ToneText tone="warning">The preview cannot be read now. Saving still works; the freeze counts for itself.</ToneText>
      ) : (
        <Waiting />
      )}
    </aside>
  );
}

/** What a round lacks before anybody can be found by it. */
function missingOf({ rounds }: CampaignPlan): string | null {
  if (rounds.some(({ chain }) => chain.length === 0)) return "Choose who is asked in each round, and the reviewers are found.";
  if (rounds.some(({ chain, named }) => chain.includes("named") && named.length === 0))
    return "Name at least one person, and the reviewers are found.";
  if (rounds.some(({ chain, group }) => chain.includes("group") && group === null)) return "Choose the group, and the reviewers are found.";
  return null;
}

function Waiting() {
  return (
    <div className={classes.waiting}>
      <p className={classes.dim}>Counting the grants of these sources and finding who may review each.</p>
      <Skeleton height={36} width="40%" />
      <Skeleton height={20} width="80%" />
      <Skeleton height={120} />
    </div>
  );
}

function Figures({ preview }: { preview: ScopePreview }) {
  const { items, privileged, reviewers, group, circles, withoutReviewer, excluded, blocks, expectedMinutes, overlaps } = preview;
  return (
    <>
      <p className={classes.items}>
        <span className={`${classes.number} numbers`}>{countText(items)}</span> {items === 1 ? "item" : "items"}
      </p>
      <p>
        {countText(privileged)} privileged. {minutesWords(expectedMinutes)}
      </p>
      {blocks.length > 0 && (
        <Part title={`${counted(blocks.length, "reason")} not to freeze yet`}>
          <ul className={classes.list}>
            {blocks.map((block) => (
              <li key={`${block.sourceId} ${block.reason}`}>
                <ToneText tone="warning">
                  {block.sourceName}: {BLOCK_WORDS[block.reason]}
                </ToneText>
                <div className={classes.dim}>
                  {block.detail} <TextLink href={`/sources/${block.sourceId}`}>See the source</TextLink>
                </div>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {withoutReviewer.length > 0 && <Unreviewed subjects={withoutReviewer} />}
      {reviewers.length > 0 && <Reviewers reviewers={reviewers} />}
      {circles > 0 && (
        <p className={classes.dim}>
          {counted(circles, "item")} went on to the next of the order, since with whoever was found first people would review each other.
          Where several circles meet, the freeze may take another of those who are eligible.
        </p>
      )}
      {group && <Group group={group} />}
      {excluded.length > 0 && (
        <Part title="Left out">
          <ul className={classes.list}>
            {excluded.map(({ cause, grants }) => (
              <li key={cause}>
                {countText(grants)} {grants === 1 ? "grant" : "grants"} {EXCLUSION_WORDS[cause]}
              </li>
            ))}
          </ul>
          <p className={classes.dim}>Whoever saves these filters is named with each of them in the signed account of the population.</p>
        </Part>
      )}
      {overlaps.length > 0 && (
        <Part title="Also under review elsewhere">
          <ul className={classes.list}>
            {overlaps.map(({ campaignId, name }) => (
              <li key={campaignId}>
                <TextLink href={`/campaigns/${campaignId}`}>{name}</TextLink>
              </li>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}

function Reviewers({ reviewers }: Pick<ScopePreview, "reviewers">) {
  const most = Math.max(...reviewers.map(({ items }) => items));
  const rest = reviewers.slice(SHOWN_REVIEWERS);
  const restItems = rest.reduce((sum, { items }) => sum + items, 0);
  return (
    <Part title={counted(reviewers.length, "reviewer")}>
      <ul className={classes.bars}>
        {reviewers.slice(0, SHOWN_REVIEWERS).map(({ personId, name, items, hasSignIn, minutes }) => (
          <li key={personId} className={classes.bar}>
            <span className={classes.name}>{name}</span>
            <span className={classes.track}>
              <span className={classes.fill} style={{ width: `${(items / most) * 100}%` }} />
            </span>
            <span className="numbers">
              {countText(items)}
              {minutes !== null && <span className={classes.dim}> · {countText(minutes)} min</span>}
            </span>
            {!hasSignIn && <span className={classes.note}>no sign-in yet</span>}
          </li>
        ))}
      </ul>
      {rest.length > 0 && (
        <p className={classes.dim}>
          and {rest.length} more with {counted(restItems, "item")} together
        </p>
      )}
    </Part>
  );
}

/** The ring of the first round's group, in its order. */
function Group({ group: { of, members } }: { group: NonNullable<ScopePreview["group"]> }) {
  return (
    <Part title={`${counted(of, "member")} of the group, in the order of its ring`}>
      {of === 0 && <p className={classes.dim}>Nobody holds it now: the next in the order is asked.</p>}
      <ol className={classes.ring}>
        {members.map(({ personId, name, items, why }) => (
          <li key={personId}>
            {name}: {why ? INELIGIBLE_WORDS[why] : counted(items, "item")}
          </li>
        ))}
      </ol>
      {of > members.length && <p className={classes.dim}>and {countText(of - members.length)} more</p>}
    </Part>
  );
}

function Unreviewed({ subjects }: { subjects: ScopePreview["withoutReviewer"] }) {
  const items = subjects.reduce((sum, subject) => sum + subject.items, 0);
  return (
    <Part title={`${counted(items, "item")} that nobody may review`}>
      <p className={classes.dim}>
        No manager, no owner, or only the person themselves. A fallback reviewer takes them; without one there is no launch.
      </p>
      <ul className={classes.list}>
        {subjects.slice(0, SHOWN_SUBJECTS).map(({ subjectId, name, kind, items: theirs }) => (
          <li key={subjectId}>
            {name}
            {kind === "identity" ? " (no known person)" : ""}: {counted(theirs, "item")}
          </li>
        ))}
      </ul>
      {subjects.length > SHOWN_SUBJECTS && <p className={classes.dim}>and {subjects.length - SHOWN_SUBJECTS} more</p>}
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.part}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

const minutesWords = (minutes: number | null): string =>
  minutes === null
    ? "How long it takes is unknown until twenty decisions were measured."
    : `About ${counted(Math.max(1, Math.round(minutes)), "minute")} for whoever has the most.`;
