import { gapWords } from "#components/evidence/gap-words.ts";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { StatTile, StatTiles } from "#components/ui/stat-tile.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { LogFreshness } from "#lib/audit/queries.ts";
import type { ExportableRow, PackRow } from "#lib/evidence/queries.ts";
import classes from "./overview.module.css";

type ProofProps = { packs: number; newest: readonly PackRow[]; without: readonly ExportableRow[]; log: LogFreshness | null };

const SHOWN_GAPS = 4;

/** What can be handed over, what it could not prove, and how fresh the log's signature is. */
export function Proof({ packs, newest, without, log }: ProofProps) {
  const first = without[0];
  return (
    <Section title="Evidence" aside={<TextLink href="/evidence">All packs</TextLink>}>
      <StatTiles>
        <StatTile
          href="/evidence"
          value={packs}
          label={packs === 1 ? "pack" : "packs"}
          detail={packs > 0 ? `of ${counted(newest.length, "campaign")}` : "none was made yet"}
        />
        <StatTile
          href={without.length === 1 && first ? `/evidence?campaign=${first.id}` : "/evidence"}
          value={without.length}
          label={without.length === 1 ? "signed-off campaign without a pack" : "signed-off campaigns without a pack"}
          detail={first ? first.name : packs > 0 ? "every one has been exported" : "nothing is signed off yet"}
          tone={without.length > 0 ? "warning" : "neutral"}
        />
        {log && (
          <StatTile
            href="/audit"
            value={log.treeSize}
            label="changes signed in the log"
            detail={<Signed log={log} />}
            tone={log.signedAt && log.isNewestSealed ? "neutral" : "warning"}
          />
        )}
      </StatTiles>
      {newest.length > 0 && (
        <ul className={`${classes.list} ${classes.below}`} aria-label="What the newest pack of each campaign could not prove">
          {newest.map((pack) => (
            <li key={pack.id} className={classes.gaps}>
              <TextLink href={`/evidence?campaign=${pack.campaignId}`}>{pack.campaignName}</TextLink>
              <Gaps gaps={pack.gaps} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Signed({ log: { sealed, treeSize, signedAt, isNewestSealed } }: { log: LogFreshness }) {
  if (!signedAt) return <>not signed yet</>;
  const unsigned = Number(sealed) - Number(treeSize);
  return (
    <>
      signed <Moment at={signedAt} show="relative" />
      {unsigned > 0 && `, ${countText(unsigned)} sealed since`}
      {!isNewestSealed && ", the newest change not sealed yet"}
    </>
  );
}

function Gaps({ gaps }: { gaps: PackRow["gaps"] }) {
  if (gaps === null) return <ToneText tone="unknown">What it could not prove is unknown here: it stands in the pack's gaps.txt.</ToneText>;
  if (gaps.length === 0) return <p className={classes.gapWords}>Nothing of this campaign is left unproven.</p>;
  const shown = gaps.slice(0, SHOWN_GAPS).map(gapWords).join(" · ");
  return (
    <p className={classes.gapWords}>
      Could not prove {counted(gaps.length, "thing")}: {shown}
      {gaps.length > SHOWN_GAPS && ` · and ${gaps.length - SHOWN_GAPS} more, in the pack's gaps.txt`}
    </p>
  );
}
