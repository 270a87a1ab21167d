import { ProgressBar } from "#components/campaigns/progress-bar.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { BatchRow, Executable } from "#lib/remediation/types.ts";
import { BatchStart } from "./batch-start.tsx";
import classes from "./remediation.module.css";
import { BATCH_WORDS } from "./remediation-words.ts";

/** What can be begun together, what is under way, and the last that were. */
export function Batches({ executable, batches }: { executable: readonly Executable[]; batches: readonly BatchRow[] }) {
  if (executable.length === 0 && batches.length === 0) return null;
  return (
    <Section title="In steps">
      <ul className={classes.batches} aria-label="Removals in steps">
        {executable.map((each) => (
          <BatchStart key={`${each.campaignId} ${each.sourceId}`} {...each} />
        ))}
        {batches.slice(0, 5).map((batch) => (
          <li key={batch.id} className={classes.batch}>
            <div>
              <TextLink href={`/remediations/batches/${batch.id}`}>
                {counted(batch.tasks, "removal")} in {batch.sourceName}
              </TextLink>
              <p className={classes.dim}>
                {BATCH_WORDS[batch.state]}, begun <Moment at={batch.startedAt} show="relative" />
                {batch.wrong > 0 && (
                  <>
                    , <ToneText tone="danger">{batch.wrong} went wrong</ToneText>
                  </>
                )}
              </p>
            </div>
            <ProgressBar label="Taken back" total={batch.tasks} submitted={batch.done} answered={batch.done + batch.wrong} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
