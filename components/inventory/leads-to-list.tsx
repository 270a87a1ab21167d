import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import type { LeadsTo } from "#lib/inventory/entitlement.sql.ts";
import { sentenceOf } from "./access-words.ts";
import classes from "./inventory.module.css";
import { PrivilegeMark } from "./privilege-mark.tsx";

/** What comes with an entitlement, privileged first, with the entitlement one step before it. */
export function LeadsToList({ rows, count }: { rows: readonly LeadsTo[]; count: number }) {
  if (rows.length === 0) return <p>Nothing beyond itself.</p>;
  return (
    <>
      <ul className={classes.list}>
        {rows.map((row) => (
          <li key={row.entitlementId}>
            <span className={classes.line}>
              <span>{sentenceOf({ meaning: row.meaning, entitlement: row.name })}</span>
              <PrivilegeMark privileged={row.privileged} />
            </span>
            <span className={classes.small}>
              <TextLink href={`/entitlements/${row.entitlementId}`}>{row.name}</TextLink>
              {row.resourceId && (
                <>
                  {" "}
                  on <TextLink href={`/resources/${row.resourceId}`}>{row.resource}</TextLink>
                </>
              )}
              {row.depth > 1 && `, through ${row.via}`}
            </span>
          </li>
        ))}
      </ul>
      {count > rows.length && <p className={classes.dim}>{countText(count - rows.length)} more are counted and not listed.</p>}
    </>
  );
}
