import { Moment } from "#components/ui/moment.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { EntitlementVersion } from "#lib/inventory/entitlement.sql.ts";
import { ContentsDiff } from "./contents-diff.tsx";
import classes from "./inventory.module.css";

type VersionsProps = { versions: readonly EntitlementVersion[]; sourceId: string };

/** Each version against the one before it, newest first: what the entitlement came to mean while its name stayed. */
export function Versions({ versions, sourceId }: VersionsProps) {
  return (
    <ol className={classes.list}>
      {versions.map((version, at) => {
        const before = versions[at + 1];
        return (
          <li key={version.id}>
            <span className={classes.line}>
              <strong>{before ? "Changed" : at === versions.length - 1 ? "First seen" : "Changed"}</strong>
              <span className={classes.small}>
                by <TextLink href={`/sources/${sourceId}/runs/${version.runId}`}>the sync</TextLink> of{" "}
                <Moment at={version.seenAt} show="instant" />
              </span>
              <RawId value={version.digest} label="digest of the contents" short />
            </span>
            {before && before.meaning !== version.meaning && (
              <span>
                <del>{before.meaning ?? "no meaning was told"}</del> → <ins>{version.meaning ?? "no meaning is told"}</ins>
              </span>
            )}
            {before && before.contents !== version.contents && <ContentsDiff before={before.contents} after={version.contents} />}
          </li>
        );
      })}
    </ol>
  );
}
