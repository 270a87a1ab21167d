import { countText } from "#components/ui/moment-text.ts";
import type { RunListRow, RunView } from "#lib/ingest/queries.ts";
import type { Changes, ChangesByStream } from "#lib/ingest/types.ts";

const TRIGGERS: Readonly<Record<string, string>> = {
  by_hand: "by hand",
  schedule: "by schedule",
  upload: "after an upload",
  retry: "as a retry",
};
export const triggerText = (trigger: string): string => TRIGGERS[trigger] ?? trigger.replaceAll("_", " ");

/** What became of the run, in a sentence, and what that means for the inventory. */
export function outcomeText(run: Pick<RunView, "state" | "isComplete" | "isFullRead" | "isOverridden">): string {
  switch (run.state) {
    case "RUNNING":
      return "It is being read. The inventory stays as it is until all of it has been read and has passed the gate.";
    case "APPLIED":
      if (run.isOverridden && !run.isComplete)
        return "It was let through by two people. It was not complete, so it only added: nothing was ended by it.";
      if (run.isOverridden) return "It was let through by two people and is the inventory now.";
      if (!run.isFullRead)
        return "The source told exactly what it told before, so there was nothing to do. This proves nothing about what was removed meanwhile.";
      return "Everything was read, passed the gate and is the inventory now.";
    case "HELD":
      return "It looks unlike what was expected, so the inventory was left as it was. The rows are kept until somebody decides.";
    case "FAILED":
      return "It could not be read to its end. Nothing was changed.";
    case "REJECTED":
      return "Somebody decided that it must not become the inventory. Nothing was changed.";
    case "SUPERSEDED":
      return "It was held, and a newer run was applied before anybody decided. Nothing of this one was.";
  }
}

const sum = (changes: ChangesByStream, kind: keyof Changes): number => Object.values(changes).reduce((all, each) => all + each[kind], 0);

/** "+12 ~3 −1" in words, for the list of runs. */
export function changesText({ state, changes }: Pick<RunListRow, "state" | "changes">): string {
  if (state !== "APPLIED" && state !== "HELD") return "nothing";
  const parts = (["added", "changed", "ended"] as const)
    .map((kind) => [sum(changes, kind), kind] as const)
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${countText(count)} ${kind}`);
  if (parts.length === 0) return "nothing";
  return state === "HELD" ? `would be ${parts.join(", ")}` : parts.join(", ");
}

/** "took 3 s", "took 4 min 10 s". */
export function durationText(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (seconds < 1) return "took less than a second";
  if (seconds < 60) return `took ${seconds} s`;
  return `took ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
