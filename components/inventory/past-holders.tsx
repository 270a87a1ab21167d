import { TextLink } from "#components/ui/text-link.tsx";
import type { PastReacher } from "#lib/inventory/past-reachers.sql.ts";
import classes from "./inventory.module.css";
import { words } from "./inventory-words.ts";
import { Way } from "./way.tsx";

type PastHoldersProps = {
  reachers: readonly PastReacher[];
  /** It was one of several that they reached: name it. */
  saysWhat?: boolean;
};

/** Who had it on a past day; the person is whom the identity is matched to today. */
export function PastHolders({ reachers, saysWhat = false }: PastHoldersProps) {
  if (reachers.length === 0) return <p>Nobody reached it on that day.</p>;
  return (
    <ul className={classes.list}>
      {reachers.map((row) => (
        <li key={row.identityId}>
          <span className={classes.line}>
            <TextLink href={`/identities/${row.identityId}`}>{row.identity}</TextLink>
            <span className={classes.dim}>
              {row.personId ? (
                <>
                  of <TextLink href={`/people/${row.personId}`}>{row.person}</TextLink>
                </>
              ) : (
                words(row.class)
              )}
            </span>
          </span>
          <span className={classes.small}>
            {saysWhat && <What path={row.path} />}
            <Way path={row.path} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function What({ path }: { path: PastReacher["path"] }) {
  const last = path.at(-1);
  return (
    last && (
      <>
        <TextLink href={`/entitlements/${last.entitlementId}`}>{last.name}</TextLink>,{" "}
      </>
    )
  );
}
