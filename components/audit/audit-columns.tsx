import { IconClock, IconShieldCheck } from "@tabler/icons-react";
import Link from "next/link";
import type { DataColumn } from "#components/data-table/columns.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Moment } from "#components/ui/moment.tsx";
import type { AuditRow } from "#lib/audit/queries.ts";
import { eventWords } from "./event-words.ts";

export const auditColumns: readonly DataColumn<AuditRow>[] = [
  { id: "type", header: "What happened", width: 220, cell: (row) => <Link href={`/audit/${row.id}`}>{eventWords(row.type)}</Link> },
  { id: "subject", header: "To what", cell: (row) => row.subject },
  { id: "actor", header: "By whom", width: 180, cell: (row) => row.actor },
  { id: "reason", header: "Why", hideBelow: 1120, cell: (row) => row.reason ?? "none given" },
  { id: "at", header: "When", width: 210, cell: (row) => <Moment at={row.recordedAt} show="instant" /> },
  {
    id: "sealed",
    header: "Log",
    width: 148,
    hideBelow: 800,
    cell: (row) => {
      if (row.isUnreadable) return <Badge tone="warning">shown raw</Badge>;
      return row.isSealed ? (
        <Badge tone="verified" icon={IconShieldCheck}>
          Sealed
        </Badge>
      ) : (
        <Badge tone="unknown" icon={IconClock}>
          Not sealed yet
        </Badge>
      );
    },
  },
];
