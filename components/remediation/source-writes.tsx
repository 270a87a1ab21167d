import { Moment } from "#components/ui/moment.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { loadSourceWrites } from "#lib/remediation/loaders.ts";
import classes from "./remediation.module.css";
import { DisableWritesButton, RequestWritesButton, WriteRequests } from "./source-writes-form.tsx";

/** Whether this source's connector may take access back: off until two people switch it on. For the page of a source. */
export async function SourceWrites({ sourceId }: { sourceId: string }) {
  const writes = await loadSourceWrites(sourceId);
  if (!writes) return null;
  const { supported, enabledAt, requests, userId, canChange } = writes;
  return (
    <Section title="Taking access back">
      <div className={classes.next}>
        {!supported ? (
          <p>This kind of source is only read. What is revoked here is removed by hand, and two later complete syncs have to show it.</p>
        ) : enabledAt ? (
          <p>
            On since <Moment at={enabledAt} />. Each removal is still approved and started by a person, through an account of its own.
          </p>
        ) : (
          <p>
            Off: the connector reads and nothing else. Two people can let it take access back, through a second account that the reading one
            does not know. Until then removals are done by hand.
          </p>
        )}
        {supported && <WriteRequests requests={requests} userId={userId} canChange={canChange} />}
        {supported && canChange && !enabledAt && requests.length === 0 && (
          <div className={classes.buttons}>
            <RequestWritesButton sourceId={sourceId} />
          </div>
        )}
        {canChange && (enabledAt || requests.length > 0) && (
          <div className={classes.buttons}>
            <DisableWritesButton sourceId={sourceId} isOn={enabledAt !== null} />
          </div>
        )}
      </div>
    </Section>
  );
}
