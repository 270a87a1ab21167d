import { BarFigure } from "#components/charts/bar-figure.tsx";
import type { Series } from "#components/charts/series.ts";
import { privilegedDetail } from "#components/sessions/session-words.ts";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { StatTile, StatTiles } from "#components/ui/stat-tile.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { credentialBars, factorBars, factorStrength, type Posture, privilegedGrants, useBars } from "#lib/inventory/posture.ts";
import type { BoardTotals } from "#lib/sessions/types.ts";
import classes from "./overview.module.css";

/** The same colour for the same answer on every board: yes, no, unknown. */
const FACTOR_SERIES: readonly Series[] = [
  { key: "yes", label: "Phishing-resistant", colour: 2 },
  { key: "no", label: "Not phishing-resistant", colour: 3 },
  { key: "unknown", label: "Unknown", colour: 5 },
];
const CREDENTIAL_SERIES: readonly Series[] = [
  { key: "bounded", label: "Ends by itself", colour: 2 },
  { key: "never", label: "Never ends", colour: 3 },
  { key: "unknown", label: "Unknown whether it ends", colour: 5 },
];
const GRANT_SERIES: readonly Series[] = [
  { key: "yes", label: "Privileged", colour: 1 },
  { key: "no", label: "Not privileged", colour: 2 },
  { key: "unknown", label: "Unknown whether privileged", colour: 5 },
];

type PostureProps = { posture: Posture; held: number | null; sessions: BoardTotals | null };

export function PostureSection({ posture, held, sessions }: PostureProps) {
  const { factors, people, credentials, grants, grantsAsOf, uncounted, unmatched, leavers } = posture;
  const privileged = privilegedGrants(grants);
  const strength = factorStrength(factors);
  return (
    <Section title="Posture">
      <StatTiles>
        <StatTile
          href={`/posture?of=leavers${leavers.people === 0 && leavers.untold > 0 ? "&status=untold" : ""}`}
          value={leavers.people}
          label={leavers.people === 1 ? "person who left has live access" : "people who left have live access"}
          detail={
            leavers.untold > 0
              ? `${counted(leavers.untold, "person").replace("persons", "people")} of unknown status`
              : leaverNames(posture)
          }
          tone={leavers.people > 0 ? "danger" : leavers.untold > 0 ? "unknown" : "neutral"}
        />
        <StatTile
          href="/posture?of=grants&privileged=yes"
          value={grantsAsOf === null ? null : privileged.all}
          label="grants give privileged access"
          detail={`${countText(privileged.stale)} unused for 90 days, ${countText(privileged.untold)} of unknown use${privileged.maybe > 0 ? `, ${countText(privileged.maybe)} more of unknown privilege` : ""}`}
          tone={privileged.stale > 0 ? "warning" : "neutral"}
        />
        <StatTile
          href={`/identities/matching?view=${unmatched.proposed > 0 ? "proposed" : "nobody"}`}
          value={unmatched.proposed + unmatched.nobody}
          label="identities without a person"
          detail={`${countText(unmatched.proposed)} with a proposal to confirm`}
          tone={unmatched.proposed > 0 ? "warning" : "neutral"}
        />
        {sessions && (
          <StatTile
            href="/sessions?privileged=yes"
            value={sessions.known === 0 ? null : sessions.privileged}
            label={sessions.privileged === 1 ? "privileged session now" : "privileged sessions now"}
            {...(sessions.known === 0 ? { detail: "no source tells its sessions", tone: "unknown" as const } : privilegedDetail(sessions))}
          />
        )}
        {held !== null && (
          <StatTile
            href="/sources"
            value={held}
            label={held === 1 ? "source holds a run back" : "sources hold a run back"}
            detail={held > 0 ? "what they changed is not in any number here" : "every number here is of applied runs"}
            tone={held > 0 ? "warning" : "neutral"}
          />
        )}
      </StatTiles>
      <div className={classes.charts}>
        <div className={classes.chart}>
          <BarFigure
            caption={`Factors by kind: ${countText(strength.all)} enrolled, ${countText(strength.resistant)} phishing-resistant, ${countText(strength.unknown)} unknown`}
            axis="Kind of factor"
            points={factorBars(factors).map((bar) => ({ ...bar }))}
            series={FACTOR_SERIES}
            empty="No source tells the factors that people have enrolled, so how they sign in is unknown."
            lying
          />
          <p className={classes.note}>
            <TextLink href="/posture?of=people&factor=some">{countText(people.withFactor)}</TextLink> of{" "}
            {counted(people.identities, "active identity").replace("identitys", "identities")} of people have a factor that we know of,{" "}
            <TextLink href="/posture?of=people&factor=none">{countText(people.none)}</TextLink> have none.{" "}
            {people.untold > 0 && (
              <ToneText tone="unknown">
                Of <TextLink href="/posture?of=people&factor=untold">{countText(people.untold)}</TextLink> it is unknown: their source does
                not tell.
              </ToneText>
            )}
          </p>
        </div>
        <div className={classes.chart}>
          <BarFigure
            caption="Credentials by age, and whether they end by themselves"
            axis="Age"
            points={credentialBars(credentials).map((bar) => ({ ...bar }))}
            series={CREDENTIAL_SERIES}
            empty="No source tells credentials, so their age is unknown."
            lying
          />
        </div>
        <div className={classes.chart}>
          <BarFigure
            caption="Grants by when they were last used, and what they give"
            axis="Last used"
            points={useBars(grants).map((bar) => ({ ...bar }))}
            series={GRANT_SERIES}
            empty={grantsAsOf === null ? "No grant was counted yet." : "There are no grants."}
            lying
          />
          <p className={classes.note}>
            {grantsAsOf && (
              <>
                The oldest source counted as of <Moment at={grantsAsOf} show="instant" />.{" "}
              </>
            )}
            {uncounted > 0 && <ToneText tone="unknown">{counted(uncounted, "source")} not counted yet.</ToneText>}
          </p>
        </div>
      </div>
    </Section>
  );
}

function leaverNames({ leavers: { people, rows } }: Posture): string {
  if (people === 0) return "nobody of unknown status either";
  const names = rows.slice(0, 2).map(({ name }) => name);
  return people > names.length ? `${names.join(", ")} and ${people - names.length} more` : names.join(" and ");
}
