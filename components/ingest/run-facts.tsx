import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import type { RunView } from "#lib/ingest/queries.ts";
import classes from "./ingest.module.css";

const notTold = <span className={classes.dimmed}>not told</span>;

/** Where the run's records come from, as the evidence will name it. */
export function RunFacts({ run }: { run: RunView }) {
  const override = run.overriddenBy
    ? [
        {
          term: "Let through by",
          value: `${run.overriddenBy}, confirmed by ${run.confirmedBy ?? "unknown"}: ${run.overrideReason ?? "no reason kept"}`,
        },
      ]
    : [];
  return (
    <DefinitionList
      facts={[
        { term: "Speaks of", value: <Moment at={run.observedAt} />, help: "The instant that what was read was true at the source" },
        { term: "What answered", value: run.product ? <Answered product={run.product} /> : notTold },
        { term: "Where", value: run.endpoint ?? notTold },
        { term: "Read as", value: run.account ?? notTold },
        ...override,
        { term: "Finished", value: run.finishedAt ? <Moment at={run.finishedAt} /> : "not yet" },
        {
          term: "Settings in force",
          value: run.configDigest ? <RawId value={run.configDigest} label="digest of the settings" short /> : notTold,
          help: "SHA-256 of the settings and the mapping",
        },
        {
          term: "Digest of what was read",
          value: run.digest && run.state !== "RUNNING" ? <RawId value={run.digest} label="digest of the records" short /> : notTold,
        },
        { term: "Run", value: <RawId value={run.id} label="id of the run" /> },
      ]}
    />
  );
}

/** Of files, one a line; a digest is told by its ends. */
function Answered({ product }: { product: string }) {
  const lines = product.split("; ");
  return (
    <ul className={classes.told}>
      {lines.map((line) => {
        const digest = /[0-9a-f]{64}$/.exec(line)?.[0];
        return (
          <li key={line}>
            {digest ? line.slice(0, -digest.length) : line}
            {digest && <RawId value={digest} label="SHA-256 of the file" short />}
          </li>
        );
      })}
    </ul>
  );
}
