import { contentsDiff, linesOfContents } from "#lib/inventory/contents-diff.ts";
import classes from "./contents-diff.module.css";

/** What the contents lost and gained, line by line; the sign says it without the colour. */
export function ContentsDiff({ before, after }: { before: string | null; after: string | null }) {
  return (
    <div className={classes.diff}>
      {contentsDiff(before, after).map((line, at) => {
        // biome-ignore-start lint/suspicious/noArrayIndexKey: lines repeat and never move
        if (line === null)
          return (
            <span key={at} className={classes.skipped}>
              …
            </span>
          );
        if (line.kind === "removed")
          return (
            <del key={at} className={classes.line} data-kind="removed">
              − {line.text}
            </del>
          );
        if (line.kind === "added")
          return (
            <ins key={at} className={classes.line} data-kind="added">
              + {line.text}
            </ins>
          );
        return (
          <span key={at} className={classes.line}>
            {"  "}
            {line.text}
          </span>
        );
        // biome-ignore-end lint/suspicious/noArrayIndexKey: lines repeat and never move
      })}
    </div>
  );
}

/** Contents as they are, laid out. */
export function Contents({ contents }: { contents: string }) {
  return (
    <div className={classes.diff}>
      <span className={classes.line}>{linesOfContents(contents).join("\n")}</span>
    </div>
  );
}
