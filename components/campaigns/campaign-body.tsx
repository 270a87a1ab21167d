import { counted } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { StatTile, StatTiles } from "#components/ui/stat-tile.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { CampaignPage } from "#lib/campaigns/campaign-types.ts";
import { BurnDownFigure } from "./burn-down.tsx";
import classes from "./campaign-page.module.css";
import { wasLaunched } from "./campaign-words.ts";
import { ComparisonFigures } from "./comparison-figures.tsx";
import { Ledger } from "./ledger.tsx";
import { OutOfOffice } from "./out-of-office.tsx";
import { PopulationFacts, SignOffFacts } from "./population-facts.tsx";
import { RemindButton } from "./remind-button.tsx";
import { ReviewersTable } from "./reviewers-table.tsx";
import { RiskFigures } from "./risk-figures.tsx";
import type { Named } from "./round-fields.tsx";
import { Rounds } from "./rounds.tsx";
import { ScopeFacts } from "./scope-facts.tsx";
import { Scrutiny } from "./scrutiny.tsx";
import { silenceDid } from "./silence-words.ts";
import { SinceFreeze } from "./since-freeze.tsx";

type CampaignBodyProps = { campaign: CampaignPage; sourceNames: ReadonlyMap<string, string>; named: Named; canManage: boolean };

/** What is known of a campaign, below what comes next. Parts that do not exist yet are left out. */
export function CampaignBody({ campaign, sourceNames, named, canManage }: CampaignBodyProps) {
  const { id, state, population, reviewerRows, riskRows, ledger, signOff } = campaign;
  const qualityOf = new Map(campaign.quality.map((quality) => [quality.reviewerId, quality]));
  const reviewers = reviewerRows.map((row) => ({
    ...row,
    campaignId: id,
    quality: qualityOf.get(row.personId ?? "") ?? null,
    canRemind: state === "ACTIVE" && canManage && row.submitted < row.items,
  }));
  return (
    <>
      {wasLaunched(state) && <Tiles campaign={campaign} />}
      {signOff && (
        <Section title="Sign-off">
          <SignOffFacts campaign={campaign} />
        </Section>
      )}
      {wasLaunched(state) && (
        <div className={classes.columns}>
          <Section title="Progress">
            <BurnDownFigure campaignId={id} />
          </Section>
          <Section title="Outcomes by risk">
            <RiskFigures campaignId={id} rows={riskRows} />
          </Section>
        </div>
      )}
      {campaign.rounds.length > 1 && (
        <Section title="Rounds">
          <Rounds campaign={campaign} />
        </Section>
      )}
      {campaign.delegations.length > 0 && (
        <Section title="Out of office">
          <OutOfOffice delegations={campaign.delegations} zone={campaign.zone} />
        </Section>
      )}
      {reviewers.length > 0 && (
        <Section title="Reviewers" aside={minutesWords(campaign)}>
          {reviewers.some(({ canRemind }) => canRemind) && (
            <div className={classes.above}>
              <RemindButton campaignId={id} />
            </div>
          )}
          <ReviewersTable rows={reviewers} />
        </Section>
      )}
      <Scrutiny campaign={campaign} canManage={canManage} />
      {campaign.comparison && (
        <Section title="Compared with last time">
          <ComparisonFigures comparison={campaign.comparison} wasLaunched={wasLaunched(state)} />
        </Section>
      )}
      {population && !wasLaunched(state) && riskRows.length > 0 && (
        <Section title="Items by risk" aside={<TextLink href={`/campaigns/${id}/items`}>All items</TextLink>}>
          <RiskFigures campaignId={id} rows={riskRows} />
        </Section>
      )}
      {population && (
        <Section title="Population">
          <PopulationFacts campaign={campaign} />
        </Section>
      )}
      {campaign.sinceFreeze && campaign.sinceFreeze.grants > 0 && (
        <Section title="Granted since the freeze">
          <SinceFreeze campaignId={id} since={campaign.sinceFreeze} canManage={canManage} />
        </Section>
      )}
      {ledger.length > 0 && (
        <Section title="Where it came from">
          <Ledger rows={ledger} />
        </Section>
      )}
      <Section title="Set-up">
        <ScopeFacts campaign={campaign} sourceNames={sourceNames} named={named} />
      </Section>
    </>
  );
}

function Tiles({ campaign }: { campaign: CampaignPage }) {
  const { id, items, state, reviewers, voided } = campaign;
  const list = `/campaigns/${id}/items`;
  const gone = voided.reduce((sum, row) => sum + row.items, 0);
  return (
    <div className={classes.tiles}>
      <StatTiles>
        <StatTile
          href={list}
          value={items}
          label={items === 1 ? "item" : "items"}
          detail={`${counted(reviewers, "reviewer")}${gone > 0 ? `, ${gone} voided` : ""}`}
        />
        {state === "ACTIVE" || state === "PAUSED" ? (
          <ProgressTiles campaign={campaign} list={list} gone={gone} />
        ) : (
          <OutcomeTiles campaign={campaign} list={list} />
        )}
      </StatTiles>
    </div>
  );
}

type TilesProps = { campaign: CampaignPage; list: string; gone: number };

function ProgressTiles({ campaign, list, gone }: TilesProps) {
  const { items, answered, submitted, reviewerRows } = campaign;
  const late = reviewerRows.reduce((sum, row) => sum + row.late, 0);
  return (
    <>
      <StatTile
        href={`${list}?state=open`}
        value={items === null ? null : Math.max(0, items - answered - gone)}
        label="without an answer"
        {...(late > 0 ? { detail: `${counted(late, "answer")} came late`, tone: "warning" as const } : {})}
      />
      <StatTile href={`${list}?state=answered`} value={Math.max(0, answered - submitted)} label="answered, not handed in" />
      <StatTile href={`${list}?state=submitted`} value={submitted} label="handed in" />
    </>
  );
}

/** After decisions stopped: what came of them. Unanswered is a figure of its own, never a kind of keep. */
function OutcomeTiles({ campaign, list }: Omit<TilesProps, "gone">) {
  const { riskRows, silence } = campaign;
  const sum = (of: "keep" | "revoke" | "abstain" | "exceptionRequested") => riskRows.reduce((total, row) => total + row[of], 0);
  const taken = (silence?.suspend ?? 0) + (silence?.revoke ?? 0);
  return (
    <>
      <StatTile href={`${list}?answer=keep`} value={sum("keep")} label="kept" />
      <StatTile href={`${list}?answer=revoke`} value={sum("revoke")} label="to be revoked" />
      <StatTile
        href={`${list}?answer=unanswered`}
        value={silence?.unanswered ?? 0}
        label="unanswered"
        {...(taken > 0 && silence ? { detail: `by silence: ${silenceDid({ ...silence, unanswered: 0 })}`, tone: "warning" as const } : {})}
      />
    </>
  );
}

function minutesWords({ expectedMinutes, state }: CampaignPage): string | undefined {
  if (state !== "ACTIVE" || expectedMinutes === 0) return undefined;
  if (expectedMinutes === null) return "time left unknown until twenty decisions were measured";
  return `about ${counted(Math.max(1, Math.round(expectedMinutes)), "minute")} of work left`;
}
