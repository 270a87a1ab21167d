import { counted } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { StatTile, StatTiles } from "#components/ui/stat-tile.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { CampaignPage } from "#lib/campaigns/types.ts";
import { BurnDownFigure } from "./burn-down.tsx";
import classes from "./campaign-page.module.css";
import { wasLaunched } from "./campaign-words.ts";
import { Ledger } from "./ledger.tsx";
import { PopulationFacts, SignOffFacts } from "./population-facts.tsx";
import { ReviewersTable } from "./reviewers-table.tsx";
import { RiskFigures } from "./risk-figures.tsx";
import { ScopeFacts } from "./scope-facts.tsx";

/** What is known of a campaign, below what comes next. Parts that do not exist yet are left out. */
export function CampaignBody({ campaign }: { campaign: CampaignPage }) {
  const { id, state, population, reviewerRows, riskRows, ledger, signOff } = campaign;
  const reviewers = reviewerRows.map((row) => ({ ...row, campaignId: id }));
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
      {population && (
        <Section title="Reviewers" aside={minutesWords(campaign)}>
          <ReviewersTable rows={reviewers} />
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
      {ledger.length > 0 && (
        <Section title="Where it came from">
          <Ledger rows={ledger} />
        </Section>
      )}
      <Section title="Set-up">
        <ScopeFacts campaign={campaign} />
      </Section>
    </>
  );
}

function Tiles({ campaign }: { campaign: CampaignPage }) {
  const { id, items, answered, submitted, voided, reviewers } = campaign;
  const gone = voided.reduce((sum, row) => sum + row.items, 0);
  const late = campaign.reviewerRows.reduce((sum, row) => sum + row.late, 0);
  const list = `/campaigns/${id}/items`;
  return (
    <div className={classes.tiles}>
      <StatTiles>
        <StatTile href={list} value={items} label={items === 1 ? "item" : "items"} detail={counted(reviewers, "reviewer")} />
        <StatTile
          href={`${list}?state=open`}
          value={items === null ? null : Math.max(0, items - answered - gone)}
          label="without an answer"
          {...(late > 0 ? { detail: `${counted(late, "answer")} came late`, tone: "warning" as const } : {})}
        />
        <StatTile href={`${list}?state=answered`} value={Math.max(0, answered - submitted)} label="answered, not handed in" />
        <StatTile href={`${list}?state=submitted`} value={submitted} label="handed in" />
      </StatTiles>
    </div>
  );
}

function minutesWords({ expectedMinutes, state }: CampaignPage): string | undefined {
  if (state !== "ACTIVE") return undefined;
  if (expectedMinutes === null) return "time left unknown until twenty decisions were measured";
  return `about ${counted(Math.max(1, Math.round(expectedMinutes)), "minute")} of work left`;
}
