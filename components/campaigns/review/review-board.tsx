"use client";
import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import { DataTable, type DataTableHandle } from "#components/data-table/data-table.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RowsSkeleton } from "#components/ui/page-skeleton.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import { useShortcuts, useShortcutsHelp } from "#components/ui/shortcuts.tsx";
import { EmptyState, ErrorState } from "#components/ui/states.tsx";
import { toastDone, toastFailed } from "#components/ui/toasts.tsx";
import { allowedAnswers } from "#lib/campaigns/answers.ts";
import { needsRationale } from "#lib/campaigns/rules.ts";
import type { CampaignState, ReviewItemRow } from "#lib/campaigns/types.ts";
import { DueDate } from "../due-date.tsx";
import { ANSWER_WORDS, isOpen } from "../words.ts";
import { alikeOf, BulkBar } from "./bulk-bar.tsx";
import { ItemCard } from "./item-card.tsx";
import { RationaleDialog } from "./rationale-dialog.tsx";
import classes from "./review.module.css";
import { type BulkAnswer, Refused, sendAnswers } from "./review-api.ts";
import { meaningOf, reviewColumns } from "./review-columns.tsx";
import { type Bucket, bucketOf, inOrder, progressOf } from "./review-state.ts";
import { SubmitButton } from "./submit-button.tsx";
import { useReview } from "./use-review.ts";

const BUCKETS: readonly { id: Bucket; label: string }[] = [
  { id: "all", label: "All" },
  { id: "thought", label: "Needs thought" },
  { id: "changed", label: "New or changed" },
  { id: "privileged", label: "Privileged" },
  { id: "unused", label: "Unused" },
  { id: "rest", label: "The rest" },
];
// Both ask the server before they show anything: their code may come with that.
const ItemPanel = dynamic(() => import("./item-panel.tsx").then((module) => module.ItemPanel), { ssr: false });
const MoreDecisions = dynamic(() => import("./more-decisions.tsx").then((module) => module.MoreDecisions), { ssr: false });

const MAX_SECONDS = 600;
const rowId = (row: ReviewItemRow) => row.id;
const groupOf = (row: ReviewItemRow) => ({
  id: row.groupId,
  label: [row.personName ?? row.identityName, row.personName ? row.department : `${row.identityClass.replaceAll("_", "-")} identity`]
    .filter(Boolean)
    .join(" · "),
});
const rowClass = (selected: ReadonlySet<string>) => (row: ReviewItemRow) =>
  selected.has(row.id) ? classes.selected : row.answer || !isOpen(row.state) ? classes.folded : undefined;

export type ReviewCampaign = {
  id: string;
  name: string;
  state: CampaignState;
  dueAt: string;
  zone: string;
  instructions: string;
  instructionsVersion: number;
};

/** "12 of 18 left, 6 submitted." What is nothing is not said, but for what is left. */
function progressWords({ open, total, submitted, voided }: ReturnType<typeof progressOf>): string {
  const more = [submitted > 0 ? `${countText(submitted)} submitted` : "", voided > 0 ? `${countText(voided)} void` : ""].filter(Boolean);
  return `${[`${countText(open)} of ${countText(total)} left`, ...more].join(", ")}.`;
}

/** Where access is certified: facts, then judgement, then a key. */
export function ReviewBoard({ campaign }: { campaign: ReviewCampaign }) {
  const review = useReview(campaign.id);
  const { now } = usePreferences();
  const showHelp = useShortcutsHelp();
  const table = useRef<DataTableHandle<ReviewItemRow>>(null);
  const filter = useRef<HTMLInputElement>(null);
  const [bucket, setBucket] = useState<Bucket>("all");
  const [words, setWords] = useState("");
  const [asked, setAsked] = useState<{ answer: BulkAnswer["answer"]; rows: readonly ReviewItemRow[] } | null>(null);
  const [moreId, setMoreId] = useState<string | null>(null);
  const [earlier, setEarlier] = useState<readonly string[]>([]);
  const [openId, setOpenId] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const viewed = useRef(new Set<string>());
  const shownSince = useRef({ id: "", at: 0 });
  const { answer: give, replaceRows } = review;
  // Ten thousand rows take longer to count and to lay out than a key may take: what was pressed is shown to have happened first.
  const state = useDeferredValue(review.state);

  const ordered = useMemo(() => (state ? inOrder([...state.rows.values()]) : []), [state]);
  const counts = useMemo(() => {
    const found: Record<Bucket, number> = { all: 0, thought: 0, changed: 0, privileged: 0, unused: 0, rest: 0 };
    for (const row of ordered) {
      if (!isOpen(row.state) || row.answer) continue;
      found.all += 1;
      found[bucketOf(row, now)] += 1;
    }
    return found;
  }, [ordered, now]);
  const rows = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    return ordered.filter(
      (row) =>
        (bucket === "all" || bucketOf(row, now) === bucket) &&
        (wanted === "" ||
          [row.personName, row.identityName, row.entitlementName, row.meaning, row.resourceName, row.sourceName].some((text) =>
            text?.toLowerCase().includes(wanted),
          )),
    );
  }, [ordered, bucket, words, now]);
  const progress = useMemo(() => progressOf(state?.rows.values() ?? []), [state]);

  const settle = useCallback(
    async (given: BulkAnswer["answer"], targets: readonly ReviewItemRow[], rationale: string | null) => {
      const [first] = targets;
      if (!first) return;
      const spent =
        shownSince.current.id === first.id ? Math.min(MAX_SECONDS, Math.round((performance.now() - shownSince.current.at) / 1000)) : null;
      const facts = { answer: given, rationale, seconds: spent, evidenceViewed: targets.every(({ id }) => viewed.current.has(id)) };
      if (targets.length === 1) {
        give({ itemId: first.id, ...facts });
        toastDone(`${ANSWER_WORDS[given].done}: ${meaningOf(first)}`, () =>
          give({ itemId: first.id, ...facts, answer: "withdraw", rationale: null }),
        );
        table.current?.focusNext();
        return;
      }
      try {
        const items = targets.map(({ id, version }) => ({ itemId: id, version }));
        const { versions } = await sendAnswers(campaign.id, { ...facts, items, idempotencyKey: crypto.randomUUID() });
        const newVersion = new Map(versions.map(({ itemId, version }) => [itemId, version]));
        replaceRows(
          targets.map((row) => ({ ...row, state: "DRAFTED", answer: given, rationale, version: newVersion.get(row.id) ?? row.version })),
        );
        setSelected(new Set());
        toastDone(`${ANSWER_WORDS[given].done}: ${counted(targets.length, "item")}`);
      } catch (error) {
        toastFailed({
          message: error instanceof Refused ? error.message : "The server could not be reached. Nothing was decided; try again.",
        });
      }
    },
    [campaign.id, give, replaceRows],
  );

  /** Straight away where no reason is needed, else after it was given. */
  const decide = useCallback(
    (row: ReviewItemRow, given: BulkAnswer["answer"] | "withdraw" | "more") => {
      if (!isOpen(row.state)) return;
      if (given === "more") {
        if (!row.answer) setMoreId(row.id);
      } else if (given === "withdraw") {
        if (row.answer) give({ itemId: row.id, answer: "withdraw", rationale: null, seconds: null, evidenceViewed: false });
      } else if (!allowedAnswers(row.kind, row.identityClass).includes(given)) setMoreId(row.id);
      else if (needsRationale(given, row.privileged)) setAsked({ answer: given, rows: [row] });
      else void settle(given, [row], null);
    },
    [give, settle],
  );
  const decideSelected = (given: BulkAnswer["answer"]) => {
    const targets = [...selected].flatMap((id) => state?.rows.get(id) ?? []);
    if (targets.some(({ privileged }) => needsRationale(given, privileged))) setAsked({ answer: given, rows: targets });
    else void settle(given, targets, null);
  };
  const select = useCallback(
    (row: ReviewItemRow) => {
      const alike = alikeOf(state?.rows.values() ?? [], row);
      setSelected((before) => (before.has(row.id) ? new Set() : new Set(alike.map(({ id }) => id))));
      if (alike.length <= 1) toastDone("No other open item is alike in everything that matters.");
    },
    [state],
  );

  const columns = useMemo(() => reviewColumns(decide), [decide]);
  const rowShortcuts = useMemo(
    () => [
      { keys: "y", label: "Keep", run: (row: ReviewItemRow) => decide(row, "keep") },
      { keys: "n", label: "Revoke", run: (row: ReviewItemRow) => decide(row, "revoke") },
      { keys: "a", label: "Abstain", run: (row: ReviewItemRow) => decide(row, "abstain") },
      { keys: "m", label: "More decisions", run: (row: ReviewItemRow) => decide(row, "more") },
      { keys: "u", label: "Undo", run: (row: ReviewItemRow) => decide(row, "withdraw") },
      { keys: "x", label: "Select all that are alike", run: select },
      { keys: "ArrowRight", label: "More about this access", run: (row: ReviewItemRow) => setOpenId(row.id) },
    ],
    [decide, select],
  );
  useShortcuts(
    "This page",
    useMemo(() => [{ keys: "/", label: "Filter", run: () => filter.current?.focus() }], []),
  );
  const onActiveChange = useCallback((row: ReviewItemRow | null) => {
    if (row && shownSince.current.id !== row.id) shownSince.current = { id: row.id, at: performance.now() };
  }, []);
  const onViewed = useCallback((id: string) => void viewed.current.add(id), []);
  const open = openId ? state?.rows.get(openId) : undefined;
  const more = moreId ? state?.rows.get(moreId) : undefined;

  const header = (
    <PageHeader
      title={campaign.name}
      summary={
        <>
          Due <DueDate at={campaign.dueAt} zone={campaign.zone} state={campaign.state} />.{" "}
          {state ? progressWords(progress) : "Reading your items."}
        </>
      }
      action={
        <SubmitButton
          campaignId={campaign.id}
          instructions={campaign.instructions}
          instructionsVersion={campaign.instructionsVersion}
          answered={progress.answered}
          open={progress.open}
          isWaiting={(review.state?.outbox.length ?? 0) > 0}
          onSubmitted={() => void review.reload()}
        />
      }
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
      {review.isOffline && (
        <p className={classes.offline} role="status">
          Countersign cannot be reached. {counted(review.state?.outbox.length ?? 0, "answer")} wait here and will be sent by themselves; you
          can go on.
        </p>
      )}
      <div className={classes.bar}>
        <fieldset className={classes.buckets} aria-label="What to look at">
          {BUCKETS.map(({ id, label }) => (
            <Button
              key={id}
              size="compact-sm"
              className={classes.bucket}
              variant={bucket === id ? "filled" : "default"}
              aria-pressed={bucket === id}
              title={id === "all" ? undefined : "Each item is counted once, under the first of these that fits"}
              disabled={id !== "all" && counts[id] === 0 && bucket !== id}
              onClick={() => setBucket(id)}
            >
              {state ? `${label} ${counts[id]}` : label}
            </Button>
          ))}
        </fieldset>
        <div className={classes.tools}>
          <TextInput
            ref={filter}
            className={classes.filter}
            type="search"
            aria-label="Filter items"
            placeholder="Person, access, resource"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape" || event.key === "Enter") event.currentTarget.blur();
            }}
          />
          <Button variant="subtle" size="compact-sm" onClick={showHelp}>
            Keys (?)
          </Button>
        </div>
      </div>
      <BulkBar
        selected={[...selected].flatMap((id) => state?.rows.get(id) ?? [])}
        onDecide={decideSelected}
        onClear={() => setSelected(new Set())}
      />
      {state ? (
        <DataTable
          ref={table}
          caption="Items to decide, by person or service"
          columns={columns}
          rows={rows}
          getRowId={rowId}
          groupOf={groupOf}
          rowShortcuts={rowShortcuts}
          rowClassName={rowClass(selected)}
          renderCard={(row) => <ItemCard row={row} onDecide={decide} onMore={({ id }) => setOpenId(id)} />}
          onOpen={(row) => setOpenId(row.id)}
          onActiveChange={onActiveChange}
          empty={
            progress.total === 0 ? (
              <EmptyState title="Nothing for you here" why="No item of this campaign is yours to decide." />
            ) : (
              <EmptyState
                title="Nothing fits"
                why="No item fits this filter."
                action={
                  <Button
                    variant="default"
                    onClick={() => {
                      setBucket("all");
                      setWords("");
                    }}
                  >
                    Show all items
                  </Button>
                }
              />
            )
          }
        />
      ) : (
        <RowsSkeleton rows={10} />
      )}
      {asked && (
        <RationaleDialog
          answer={asked.answer}
          count={asked.rows.length}
          what={
            asked.rows.length === 1 && asked.rows[0]
              ? `${meaningOf(asked.rows[0])}, ${asked.rows[0].personName ?? asked.rows[0].identityName}`
              : counted(asked.rows.length, "alike item")
          }
          earlier={earlier}
          onClose={() => setAsked(null)}
          onGiven={(rationale) => {
            setEarlier((before) => [rationale, ...before.filter((other) => other !== rationale)].slice(0, 4));
            setAsked(null);
            void settle(asked.answer, asked.rows, rationale);
          }}
        />
      )}
      {more && (
        <MoreDecisions
          campaignId={campaign.id}
          row={more}
          onClose={() => setMoreId(null)}
          onDecided={(decided) => {
            setMoreId(null);
            setOpenId(null);
            const facts = { seconds: null, evidenceViewed: viewed.current.has(more.id) };
            give({ itemId: more.id, ...decided, ...facts });
            toastDone(`${ANSWER_WORDS[decided.answer].done}: ${meaningOf(more)}`, () =>
              give({ itemId: more.id, answer: "withdraw", rationale: null, ...facts }),
            );
            table.current?.focusNext();
          }}
          onAsked={(exception) => {
            setMoreId(null);
            setOpenId(null);
            const facts = { rationale: null, seconds: null, evidenceViewed: viewed.current.has(more.id) };
            give({ itemId: more.id, answer: "exception_requested", exception, ...facts });
            toastDone(`Exception requested: ${meaningOf(more)}. It goes to its approvers when you submit.`);
            table.current?.focusNext();
          }}
        />
      )}
      {open && <ItemPanel campaignId={campaign.id} row={open} onDecide={decide} onViewed={onViewed} onClose={() => setOpenId(null)} />}
    </>
  );
}
