import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { ResourceEntitlement } from "#lib/inventory/resource.sql.ts";
import { sentenceOf } from "./access-words.ts";
import classes from "./inventory.module.css";
import { PrivilegeMark } from "./privilege-mark.tsx";

/** What can be had on a resource: what each lets do, who holds it directly, whether what it means has changed. */
export function EntitlementsList({ entitlements }: { entitlements: readonly ResourceEntitlement[] }) {
  return (
    <ul className={classes.list}>
      {entitlements.map((row) => (
        <li key={row.id}>
          <span className={classes.line}>
            <span>{sentenceOf({ meaning: row.meaning, entitlement: row.name })}</span>
            <PrivilegeMark privileged={row.privileged} />
            {row.versions > 1 && (
              <ToneText tone="warning">
                changed <Moment at={row.changedAt} show="relative" />
              </ToneText>
            )}
          </span>
          <span className={classes.small}>
            <TextLink href={`/entitlements/${row.id}`}>{row.name}</TextLink>,{" "}
            {row.holders === 0 ? "held by nobody directly" : `held directly by ${countText(row.holders)}`}
            {row.versions > 1 && `, ${counted(row.versions, "version")}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
