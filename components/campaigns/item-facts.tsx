import { ExceptionMark } from "#components/exceptions/exception-mark.tsx";
import { InventoryLink } from "#components/inventory/inventory-link.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { ItemDetail, RunRef } from "#lib/campaigns/review-types.ts";
import { termsText } from "#lib/campaigns/terms-words.ts";
import classes from "./campaign-page.module.css";
import { ENVIRONMENT_WORDS, SENSITIVITY_WORDS } from "./campaign-words.ts";
import { factorsWords } from "./fact-words.ts";
import { ANSWER_WORDS, CHANGE_WORDS, INELIGIBLE_WORDS, KIND_WORDS, privilegeWords, RULE_WORDS, VOID_WORDS } from "./words.ts";

type ItemProps = { item: ItemDetail };

/** Who holds what, since when and by whom, as it was at the freeze. */
export function AccessFacts({ item, mayOpen }: ItemProps & { mayOpen: boolean }) {
  const { started, expires, lastUsed } = item;
  return (
    <DefinitionList
      facts={[
        {
          term: "Person",
          value: item.personName ? (
            <>
              <InventoryLink page="people" id={item.personId} may={mayOpen}>
                {item.personName}
              </InventoryLink>
              {[item.personTitle, item.department].flatMap((fact) => (fact ? `, ${fact}` : []))}
            </>
          ) : (
            "no known person"
          ),
        },
        {
          term: "Identity",
          value: (
            <>
              <InventoryLink page="identities" id={item.identityId} may={mayOpen}>
                {item.identityName}
              </InventoryLink>{" "}
              ({item.identityClass.replaceAll("_", " ")}, {item.identityStatus}){" "}
              <RawId value={item.identityExternalId} label="identity's id in the source" />
            </>
          ),
        },
        { term: "Owner of the identity", value: item.ownerName },
        {
          term: item.kind === "grant" ? "Entitlement" : "Under review",
          value: (
            <>
              <InventoryLink page="entitlements" id={item.entitlementId} may={mayOpen}>
                {item.entitlementName}
              </InventoryLink>{" "}
              <RawId
                value={item.entitlementExternalId}
                label={`${item.kind === "grant" ? "entitlement" : KIND_WORDS[item.kind]}'s id in the source`}
              />
            </>
          ),
        },
        {
          term: "Resource",
          value: item.resourceName ? (
            <>
              <InventoryLink page="resources" id={item.resourceId} may={mayOpen}>
                {item.resourceName}
              </InventoryLink>{" "}
              ({(item.resourceClass ?? "class unknown").replaceAll("_", " ")})
            </>
          ) : null,
        },
        { term: "Source", value: <TextLink href={`/sources/${item.sourceId}`}>{item.sourceName}</TextLink> },
        { term: "Environment", value: ENVIRONMENT_WORDS[item.environment] ?? item.environment },
        { term: "Sensitivity", value: SENSITIVITY_WORDS[item.sensitivity] ?? item.sensitivity },
        { term: "Privilege", value: privilegeWords(item.privileged) },
        { term: "Granted", value: <Moment at={started.at} kind={started.kind} /> },
        { term: "Granted by", value: item.grantedBy },
        { term: "Expires", value: <Moment at={expires.at} kind={expires.kind} /> },
        { term: "Last used", value: <Moment at={lastUsed.at} kind={lastUsed.kind} /> },
        { term: "Factors", value: factorsWords(item.factors) },
        { term: "Compared", value: CHANGE_WORDS[item.change] },
        { term: "Exception", value: item.exception ? <ExceptionMark exception={item.exception} isLink /> : "none" },
        ...(item.lastOutcome ? [{ term: "Last outcome", value: <StateBadge state={item.lastOutcome} /> }] : []),
      ]}
    />
  );
}

/** Which syncs saw it come, saw it at the freeze, and saw it go. */
export function RunFacts({ item }: ItemProps) {
  const run = (ref: RunRef | null) => (ref ? <Run sourceId={item.sourceId} run={ref} /> : null);
  return (
    <DefinitionList
      facts={[
        { term: "First seen by", value: run(item.openedRun) },
        { term: "Seen at the freeze by", value: run(item.observedRun) },
        ...(item.goneRun ? [{ term: "Gone since", value: run(item.goneRun) }] : []),
        ...(item.voidReason ? [{ term: "Voided", value: <>because {VOID_WORDS[item.voidReason]}</> }] : []),
        ...(item.voidRun ? [{ term: "Proved by", value: run(item.voidRun) }] : []),
      ]}
    />
  );
}

function Run({ sourceId, run }: { sourceId: string; run: RunRef }) {
  return (
    <>
      <TextLink href={`/sources/${sourceId}/runs/${run.id}`}>the sync</TextLink> of <Moment at={run.startedAt} show="instant" />
    </>
  );
}

/** What became of it without anybody. */
const SILENCE_WORDS: Readonly<Record<string, string>> = {
  UNANSWERED: "Nobody answered in time, which is not a keep.",
  SUSPEND: "Nobody answered in time: by silence it is suspended, and can be restored.",
  REVOKE: "Nobody answered in time, nor whoever it was handed up to: by silence it is revoked.",
  KEEP: "Nobody answered in time: by silence it is kept, and asked about again next time.",
};

/** Who answers, by which link of the chain, what they answered, and why others before were passed over. */
export function ReviewerFacts({ item }: ItemProps) {
  const list = `/campaigns/${item.campaignId}/items`;
  return (
    <>
      <p>
        {item.answer ? `${ANSWER_WORDS[item.answer].done}${item.rationale ? `: “${item.rationale}”` : "."}` : "No answer yet."}{" "}
        {item.terms && `${termsText(item.terms)} `}
        {item.isBySilence && SILENCE_WORDS[item.outcome ?? ""]}
      </p>
      <p>
        {item.reviewerId ? (
          <TextLink href={`${list}?reviewer=${item.reviewerId}`}>{item.reviewerName ?? "somebody"}</TextLink>
        ) : (
          "Nobody yet"
        )}
        {item.reviewerRule && item.assignments.every(({ cause }) => cause === "reopened") ? `, ${RULE_WORDS[item.reviewerRule]}` : ""}
        {item.onBehalfOf && `, on behalf of ${item.onBehalfOf}`}
        {item.rounds > 1 && `, in round ${item.round} of ${item.rounds}`}
        {item.dueAt && (
          <>
            , due <Moment at={item.dueAt} show="due" />
          </>
        )}
        .
      </p>
      {item.overrides.map(({ personName, reasons, askedBy, confirmedBy }) => (
        <p key={`${personName} ${confirmedBy}`}>
          {personName ?? "Somebody"} was let review it by {askedBy ?? "somebody"} and {confirmedBy ?? "somebody else"}, although{" "}
          {reasons.map((reason) => INELIGIBLE_WORDS[reason]).join("; ")}.
        </p>
      ))}
      {item.passedOver.length > 0 && (
        <ul className={classes.passedOver} aria-label="Passed over">
          {item.passedOver.map(({ rule, name, why }) => (
            <li key={`${rule} ${why} ${name}`}>{passedOverText(RULE_WORDS[rule], name, INELIGIBLE_WORDS[why])}</li>
          ))}
        </ul>
      )}
    </>
  );
}

const passedOverText = (rule: string, name: string | null, why: string): string =>
  name === null ? `Not the ${rule}: ${why}.` : `Not ${name}, ${rule}: ${why}.`;

const SHOWN_REACHES = 6;

/** What it opens beyond itself, each by the shortest path. */
export function ReachFacts({ item }: ItemProps) {
  if (item.reaches.length === 0) return <p>Nothing beyond itself.</p>;
  const first = item.reaches.slice(0, SHOWN_REACHES);
  const rest = item.reaches.slice(SHOWN_REACHES);
  const more = item.reachCount - item.reaches.length;
  return (
    <>
      {item.alsoHeldBy.length > 0 && <p>Revoking this alone is not enough: the same is reached by {item.alsoHeldBy.join(", ")}.</p>}
      <Reaches reaches={first} />
      {rest.length > 0 && (
        <details className={classes.more}>
          <summary>{rest.length} more</summary>
          <Reaches reaches={rest} />
        </details>
      )}
      {more > 0 && <p className={classes.dim}>{more} further ones were counted at the freeze and are not listed.</p>}
    </>
  );
}

function Reaches({ reaches }: Pick<ItemDetail, "reaches">) {
  return (
    <ul className={classes.reaches}>
      {reaches.map((reach) => (
        <li key={`${reach.name} ${reach.path.join(" ")}`}>
          {reach.meaning ?? reach.name}
          <div className={classes.path}>
            {[
              reach.privileged === "yes" ? "privileged" : null,
              reach.resource ? `on ${reach.resource}` : null,
              `by ${reach.path.join(" → ")}`,
            ]
              .filter(Boolean)
              .join(", ")}
          </div>
        </li>
      ))}
    </ul>
  );
}
