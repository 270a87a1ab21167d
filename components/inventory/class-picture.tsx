import Link from "next/link";
import { countText } from "#components/ui/moment-text.ts";
import type { ClassCount } from "#lib/inventory/queries.ts";
import classes from "./class-picture.module.css";
import { capital, words } from "./inventory-words.ts";

type ClassPictureProps = {
  counts: readonly ClassCount[];
  selected: string | null;
  /** The address of the list with this class, or with none. */
  hrefOf: (kind: string | null) => string;
};

/** How many of each class, as bars that choose it; choosing it again lets go. */
export function ClassPicture({ counts, selected, hrefOf }: ClassPictureProps) {
  const most = Math.max(1, ...counts.map(({ count }) => count));
  return (
    <nav className={classes.classes} aria-label="Identities by class">
      {counts.map(({ class: kind, count }) => (
        <Link
          key={kind}
          href={hrefOf(kind === selected ? null : kind)}
          prefetch={false}
          scroll={false}
          replace
          className={classes.class}
          aria-current={kind === selected}
          data-unknown={kind === "unknown" || undefined}
        >
          <span>{capital(words(kind))}</span>
          <span className="numbers">{countText(count)}</span>
          <span className={classes.track} aria-hidden>
            <span className={classes.bar} style={{ width: `${(count / most) * 100}%` }} />
          </span>
        </Link>
      ))}
    </nav>
  );
}
