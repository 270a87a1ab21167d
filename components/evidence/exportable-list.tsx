import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { ExportableRow } from "#lib/evidence/queries.ts";
import classes from "./evidence.module.css";
import { ExportButton } from "./export-button.tsx";

/** What can be exported: each signed-off campaign with what it is and how often it was. */
export function ExportableList({ rows, canExport }: { rows: ExportableRow[]; canExport: boolean }) {
  return (
    <ul className={classes.campaigns}>
      {rows.map((row) => (
        <li key={row.id} className={classes.campaign}>
          <div className={classes.words}>
            <strong>
              <TextLink href={`/campaigns/${row.id}`}>{row.name}</TextLink>
            </strong>{" "}
            <StateBadge state={row.state} />
            <p className={classes.facts}>
              {counted(Number(row.items), "item")}, signed off <Moment at={row.signedOffAt} show="instant" />.{" "}
              {row.packs === 0 ? "Not exported yet." : `Exported ${counted(row.packs, "time")}.`}
            </p>
          </div>
          {canExport && <ExportButton campaign={row} />}
        </li>
      ))}
    </ul>
  );
}
