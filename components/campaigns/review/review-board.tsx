"use client";
import { Button } from "@mantine/core";
import dynamic from "next/dynamic";
import { useCallback, useMemo, useRef, useState } from "react";
import { DataTable, type DataTableHandle, useIsNarrow } from "#components/data-table/data-table.tsx";
import { LatePart } from "#components/ui/late-part.tsx";
import { RowsSkeleton } from "#components/ui/page-skeleton.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import { EmptyState, ErrorState } from "#components/ui/states.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import type { CarriedBundle as Bundle, ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { isOpen } from "../words.ts";
import { alikeOf, BulkBar } from "./bulk-bar.tsx";
import { Connection } from "./connection.tsx";
import { groupOf } from "./grouping.ts";
import { type Bucket, countsOf, fitting, regrouped } from "./loaded-items.ts";
import classes from "./review.module.css";
import { ReviewBar } from "./review-bar.tsx";
import { reviewColumns } from "./review-columns.tsx";
import { type ReviewCampaign, ReviewHeader } from "./review-header.tsx";
import { rowOf } from "./review-state.ts";
import { meaningOf, rowLabel } from "./row-words.ts";
import { useDecisions } from "./use-decisions.ts";
import { useGrouping } from "./use-grouping.ts";
import { useReview } from "./use-review.ts";
import { useReviewKeys } from "./use-review-keys.ts";
import { useWatched } from "./use-watched.ts";

// Rare, or asking the server before they show anything: their code may come with that.
const ItemPanel = dynamic(() => import("./item-panel.tsx").then((module) => module.ItemPanel), { ssr: false });
const OneItem = dynamic(() => import("./one-item.tsx").then((module) => module.OneItem), {
  ssr: false,
  loading: () => <RowsSkeleton rows={6} />,
});
const MoreDecisions = dynamic(() => import("./more-decisions.tsx").then((module) => module.MoreDecisions), { ssr: false });
/** Few reviews carry anything forward: only they load it. */
const CarriedBundle = dynamic(() => import("./carried-bundle.tsx").then((module) => module.CarriedBundle));
const loadReason = () => import("./rationale-dialog.tsx");
/** Whoever has come to a row may be about to say why. */
const loadReasonSoon = () => (window.requestIdleCallback ?? setTimeout)(() => void loadReason().catch(() => undefined));
const RationaleDialog = dynamic(() => loadReason().then((module) => module.RationaleDialog), { ssr: false, loading: ReasonComes });

const NOBODY: readonly ReviewItemRow[] = [];
const rowId = (row: ReviewItemRow) => row.id;

/** Where access is certified: facts, then judgement, then a key. */
export function ReviewBoard({ campaign, bundle }: { campaign: ReviewCampaign; bundle: Bundle | null }) {
  const review = useReview(campaign.id);
  const { state } = review;
  const table = useRef<DataTableHandle<ReviewItemRow>>(null);
  const [bucket, setBucket] = useState<Bucket>("all");
  const [words, setWords] = useState("");
  const [moreId, setMoreId] = useState<string | null>(null);
  const [openId, setOpenId] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());

  const [by, groupBy] = useGrouping();
  const isNarrow = useIsNarrow();
  const nextItem = useRef<(() => void) | null>(null);
  const whole = state?.loaded;
  const loaded = useMemo(() => whole && (by === "person" ? whole : regrouped(whole, by)), [whole, by]);
  const groupOfRow = useCallback((row: ReviewItemRow) => groupOf(row, by), [by]);
  const counts = useMemo(() => (state ? countsOf(state.loaded, state.changed) : null), [state]);
  const rows = useMemo(() => (loaded ? fitting(loaded, bucket, words) : NOBODY), [loaded, bucket, words]);
  const rowNow = (id: string | null) => (state && id !== null ? rowOf(state, id) : undefined);
  const selectedRows = [...selected].flatMap((id) => rowNow(id) ?? []);

  const watched = useWatched();
  const { asked, earlier, giveReason, dropAsked, decide, decideAll, decideTermed, askException } = useDecisions({
    campaignId: campaign.id,
    stagedAt: campaign.stagedAt,
    review,
    watched,
    onDecided: () => (isNarrow ? nextItem.current?.() : table.current?.focusNext()),
    onDecidedMany: () => dropSelected(),
    onMore: ({ id }) => setMoreId(id),
  });
  const dropSelected = () => {
    setSelected(new Set());
    // The buttons that were pressed are gone.
    const row = table.current?.activeRow();
    if (row) table.current?.focusRow(row.id);
  };
  const select = (row: ReviewItemRow) => {
    const alike = alikeOf(loaded?.items.flatMap(({ id }) => rowNow(id) ?? []) ?? [], row);
    setSelected((before) => (before.has(row.id) ? new Set() : new Set(alike.map(rowId))));
    if (alike.length <= 1) toastDone("No other open item is alike in everything that matters.");
  };
  const rowShortcuts = useReviewKeys({ decide, select, open: ({ id }) => setOpenId(id) });
  const columns = useMemo(() => reviewColumns(decide, by, campaign.stagedAt), [decide, by, campaign.stagedAt]);
  const onActiveChange = useCallback(
    (row: ReviewItemRow | null) => {
      loadReasonSoon();
      watched.onActiveChange(row);
    },
    [watched],
  );

  const { now } = usePreferences();
  const labelOf = useCallback((row: ReviewItemRow) => rowLabel(row, now), [now]);

  const [open, more] = [rowNow(openId), rowNow(moreId)];
  const waiting = state?.outbox.length ?? 0;
  const header = (
    <ReviewHeader
      campaign={campaign}
      counts={counts}
      pace={watched.pace() ?? campaign.secondsEach}
      isWaiting={waiting > 0}
      onSubmitted={() => void review.reload()}
    />
  );
  if (review.failure)
    return (
      <>
        {header}
        <ErrorState title="Your items could not be read" action={<Button onClick={() => void review.reload()}>Try again</Button>}>
          {review.failure} Nothing was changed.
        </ErrorState>
      </>
    );
  return (
    <>
      {header}
      <Connection isOffline={review.isOffline} waiting={waiting} />
      {bundle && <CarriedBundle campaignId={campaign.id} bundle={bundle} state={state} onAttested={() => void review.reload()} />}
      <ReviewBar
        left={counts?.left ?? null}
        bucket={bucket}
        onBucket={setBucket}
        by={by}
        onGroup={groupBy}
        words={words}
        onWords={setWords}
      />
      <BulkBar selected={selectedRows} onDecide={(answer) => decideAll(answer, selectedRows)} onClear={dropSelected} />
      {state && isNarrow && rows.length > 0 ? (
        <OneItem
          rows={rows}
          rowNow={(id) => rowNow(id)}
          stagedAt={campaign.stagedAt}
          onDecide={decide}
          onMore={({ id }) => setOpenId(id)}
          onActiveChange={onActiveChange}
          next={nextItem}
        />
      ) : state ? (
        <DataTable
          ref={table}
          caption="Items to decide, by person or service"
          columns={columns}
          rows={rows}
          changed={state.changed}
          getRowId={rowId}
          groupOf={groupOfRow}
          rowLines={2}
          rowShortcuts={rowShortcuts}
          rowLabel={labelOf}
          rowName={meaningOf}
          rowClassName={(row) => (selected.has(row.id) ? classes.selected : row.answer || !isOpen(row.state) ? classes.folded : undefined)}
          onOpen={({ id }) => setOpenId(id)}
          onActiveChange={onActiveChange}
          empty={
            <Nothing
              isNothingAtAll={counts?.total === 0}
              onShowAll={() => {
                setBucket("all");
                setWords("");
              }}
            />
          }
        />
      ) : (
        <RowsSkeleton rows={10} />
      )}
      {asked && (
        <LatePart attempt={1} onFailed={dropAsked}>
          <RationaleDialog {...asked} earlier={earlier} onClose={dropAsked} onGiven={giveReason} />
        </LatePart>
      )}
      {more && (
        <LatePart attempt={1} onFailed={() => setMoreId(null)}>
          <MoreDecisions
            campaignId={campaign.id}
            row={more}
            onClose={() => setMoreId(null)}
            onDecided={(decided) => {
              setMoreId(null);
              setOpenId(null);
              decideTermed(more, decided);
            }}
            onAsked={(exception) => {
              setMoreId(null);
              setOpenId(null);
              askException(more, exception);
            }}
          />
        </LatePart>
      )}
      {open && (
        <LatePart attempt={1} onFailed={() => setOpenId(null)}>
          <ItemPanel
            campaignId={campaign.id}
            stagedAt={campaign.stagedAt}
            row={open}
            onDecide={decide}
            onViewed={watched.onViewed}
            onClose={() => setOpenId(null)}
          />
        </LatePart>
      )}
    </>
  );
}

function Nothing({ isNothingAtAll, onShowAll }: { isNothingAtAll: boolean; onShowAll: () => void }) {
  if (isNothingAtAll) return <EmptyState title="Nothing for you here" why="No item of this campaign is yours to decide." />;
  return (
    <EmptyState
      title="Nothing fits"
      why="No item fits this filter."
      action={
        <Button variant="default" onClick={onShowAll}>
          Show all items
        </Button>
      }
    />
  );
}

/** In its place until it is there: keys typed meanwhile must decide nothing. */
function ReasonComes() {
  return <div role="dialog" aria-modal="true" aria-label="Why?" />;
}
