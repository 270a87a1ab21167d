import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { RawId } from "#components/ui/raw-id.tsx";
import type { Recurrence } from "#lib/campaigns/cycles.ts";
import type { TemplatePage } from "#lib/campaigns/plan-types.ts";
import classes from "./campaign-page.module.css";
import { MONTH_WORDS, PERIOD_WORDS, WEEKDAY_WORDS } from "./campaign-words.ts";
import { askedFacts } from "./plan-facts.tsx";
import type { Named } from "./round-fields.tsx";
import { scopeFacts } from "./scope-facts.tsx";

type TemplateFactsProps = { template: TemplatePage; sourceNames: ReadonlyMap<string, string>; named: Named };

/** The version in force, in words. */
export function TemplateFacts({ template, sourceNames, named }: TemplateFactsProps) {
  const { body, version, digest, madeBy, madeByName, madeAt, fallbackName } = template;
  return (
    <DefinitionList
      facts={[
        { term: "Comes again", value: body.recurrence ? `${recurrenceWords(body.recurrence)}, ${body.zone}` : "not by itself" },
        { term: "Due", value: `${counted(body.dueDays, "day")} after its start, at ${body.dueTime}` },
        { term: "Sources", value: body.scope.sourceIds.map((id) => sourceNames.get(id) ?? "a retired source").join(", ") },
        ...scopeFacts(body.scope, body.zone),
        { term: "Rounds", value: body.plan.rounds.map(({ name }) => name).join(", then ") },
        ...askedFacts(body.plan, named),
        {
          term: "Carried forward",
          value: body.plan.carryCycles === 0 ? "nothing" : `what is unchanged, at most ${counted(body.plan.carryCycles, "cycle")}`,
        },
        { term: "Fallback reviewer", value: body.fallbackPersonId === null ? "nobody" : fallbackName },
        { term: "Watch after removal", value: counted(body.watchDays, "day") },
        {
          term: "This version",
          value: (
            <>
              {version}, {madeBy === "file" ? "applied from a file" : "saved"} by {madeByName ?? "the local operator"},{" "}
              <Moment at={madeAt} zone={body.zone} />
            </>
          ),
        },
        { term: "Digest", value: <RawId value={digest} label="digest of the version" short /> },
        { term: "Instructions", value: <span className={classes.instructions}>{body.instructions}</span> },
      ]}
    />
  );
}

function recurrenceWords({ every, on, from, at }: Recurrence): string {
  if (every === "week") return `every week on ${WEEKDAY_WORDS[on]} at ${at}`;
  const first = every === "month" ? "" : ` beginning in ${MONTH_WORDS[from]}`;
  return `every ${PERIOD_WORDS[every]}${first}, on day ${on} of the month at ${at}`;
}
