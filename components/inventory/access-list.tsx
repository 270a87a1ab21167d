import { Moment } from "#components/ui/moment.tsx";
import { counted, countText, type MomentKind } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { Reached, ReachTotals } from "#lib/inventory/effective-access.sql.ts";
import classes from "./access-list.module.css";
import { sentenceOf } from "./access-words.ts";
import { words } from "./inventory-words.ts";
import { PrivilegeMark } from "./privilege-mark.tsx";
import { Way } from "./way.tsx";

export type AccessRow = Omit<Reached, "place">;

type AccessListProps = {
  /** In the order of their resources. */
  rows: readonly AccessRow[];
  /** Several identities are asked about: each sentence then says which one. */
  saysWho?: boolean;
  /** A replayed day, on which nobody can say when something was last used. */
  isPast?: boolean;
};

/** What is reached, in sentences grouped by resource, each with the way there. */
export function AccessList({ rows, saysWho = false, isPast = false }: AccessListProps) {
  const groups = new Map<string, AccessRow[]>();
  for (const row of rows) groups.set(row.resourceId ?? "none", [...(groups.get(row.resourceId ?? "none") ?? []), row]);
  const isUseTold = rows.some(({ lastUsedKind }) => lastUsedKind !== "not_supported");
  return (
    <div>
      {!isPast && !isUseTold && <p className={classes.note}>When access was last used is not told by its source.</p>}
      {[...groups].map(([id, of]) => (
        <div key={id} className={classes.group}>
          <GroupHead row={of[0] as AccessRow} />
          <ul>
            {of.map((row) => (
              <li key={row.entitlementId} className={classes.sentence}>
                <Sentence row={row} saysWho={saysWho} tellsUse={!isPast && isUseTold} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function GroupHead({ row }: { row: AccessRow }) {
  if (!row.resourceId) return <h3 className={classes.resource}>On no resource that is known</h3>;
  const facts = [
    row.resourceClass,
    row.environment === "unknown" ? "environment unknown" : row.environment,
    row.sensitivity === "unknown" ? "sensitivity unknown" : row.sensitivity,
  ];
  return (
    <div className={classes.head}>
      <h3 className={classes.resource}>
        <TextLink href={`/resources/${row.resourceId}`}>{row.resource ?? "unknown"}</TextLink>
      </h3>
      <span className={classes.facts}>{facts.flatMap((fact) => (fact ? words(fact) : [])).join(", ")}</span>
    </div>
  );
}

function Sentence({ row, saysWho, tellsUse }: { row: AccessRow; saysWho: boolean; tellsUse: boolean }) {
  return (
    <>
      <span className={classes.says}>
        <span>{sentenceOf(row)}</span>
        <PrivilegeMark privileged={row.privileged} />
      </span>
      <span className={classes.way}>
        <TextLink href={`/entitlements/${row.entitlementId}`}>{row.entitlement}</TextLink>, <Way path={row.path} />
        {saysWho && (
          <>
            , as <TextLink href={`/identities/${row.identityId}`}>{row.identity}</TextLink>
          </>
        )}
        {row.startedKind === "value" && (
          <>
            , since <Moment at={row.startedAt} show="date" />
          </>
        )}
        {row.expiresKind === "value" && (
          <>
            , until <Moment at={row.expiresAt} show="date" />
          </>
        )}
        {tellsUse && (
          <>
            , last used <Moment at={row.lastUsedAt} kind={row.lastUsedKind as MomentKind} show="relative" />
          </>
        )}
      </span>
    </>
  );
}

/** "Reaches 14 entitlements on 5 resources, 3 of them privileged". */
export function AccessSummary({ totals }: { totals: ReachTotals }) {
  const { entitlements, resources, privileged, unknown } = totals;
  return (
    <span>
      {countText(entitlements)} {entitlements === 1 ? "entitlement" : "entitlements"} on {counted(resources, "resource")},{" "}
      {privileged > 0 ? <ToneText tone="warning">{countText(privileged)} privileged</ToneText> : "none known to be privileged"}
      {unknown > 0 && (
        <>
          , <ToneText tone="unknown">{countText(unknown)} unknown</ToneText>
        </>
      )}
    </span>
  );
}
