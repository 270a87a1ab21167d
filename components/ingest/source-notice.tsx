import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { SourceView } from "#lib/ingest/queries.ts";
import type { RunSnapshot } from "#lib/ingest/snapshot.ts";
import classes from "./ingest.module.css";
import { RunProgress } from "./run-progress.tsx";

/** What is going on with the source now, or waits for somebody. */
export function SourceNotice({ source, running }: { source: SourceView; running: RunSnapshot | null }) {
  const { id, state, health, heldRunId, lastRun, lastAppliedAt } = source;
  return (
    <>
      {running && (
        <div className={classes.progress}>
          <RunProgress initial={running} />
        </div>
      )}
      {state === "retired" && (
        <div className={classes.notice}>
          <ToneText tone="warning">
            Retired: it is not read any more. What it told stays as it was last seen, and evidence prints it as a gap.
          </ToneText>
        </div>
      )}
      {heldRunId && state !== "retired" && (
        <div className={classes.notice}>
          <ToneText tone="warning">A run is held: it looks unlike what was expected, and the inventory was left as it was.</ToneText>
          <div>
            <TextLink href={`/sources/${id}/runs/${heldRunId}`}>See why, and decide</TextLink>
          </div>
        </div>
      )}
      {health === "failing" && lastRun && (
        <div className={classes.notice}>
          <ToneText tone="warning">
            The last run failed.{" "}
            {lastAppliedAt ? "The inventory is as the last applied run left it." : "Nothing was ever read, so what it holds is unknown."}
          </ToneText>
          <div>
            <TextLink href={`/sources/${id}/runs/${lastRun.id}`}>See what happened</TextLink>
          </div>
        </div>
      )}
      {health === "overdue" && (
        <div className={classes.notice}>
          <ToneText tone="warning">Its run is overdue. Is a worker running?</ToneText>
        </div>
      )}
    </>
  );
}
