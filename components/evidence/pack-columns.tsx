import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { bytesText } from "#components/connectors/bytes-text.ts";
import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { RawId } from "#components/ui/raw-id.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { PackRow } from "#lib/evidence/queries.ts";

export const packColumns: readonly DataColumn<PackRow>[] = [
  {
    id: "campaign",
    header: "Campaign",
    cell: (row) => <TextLink href={`/campaigns/${row.campaignId}`}>{row.campaignName}</TextLink>,
  },
  { id: "at", header: "Exported", width: 112, cell: (row) => <Moment at={row.createdAt} show="relative" /> },
  { id: "by", header: "By", width: 136, hideBelow: 960, cell: (row) => row.createdBy },
  {
    id: "checkpoint",
    header: "Checkpoint",
    width: 110,
    align: "end",
    hideBelow: 1120,
    cell: (row) => countText(row.treeSize),
  },
  { id: "digest", header: "SHA-256", width: 190, hideBelow: 640, cell: (row) => <RawId value={row.sha256} label="digest" short /> },
  { id: "size", header: "Size", width: 90, align: "end", hideBelow: 800, cell: (row) => bytesText(row.bytes) },
  {
    id: "taken",
    header: "Downloaded",
    width: 120,
    hideBelow: 1120,
    cell: (row) => (row.downloads === 0 ? "never" : counted(row.downloads, "time")),
  },
  {
    id: "receipt",
    header: "Receipt",
    width: 84,
    hideBelow: 800,
    cell: (row) => (
      <a href={`/api/v1/evidence/packs/${row.id}/receipt`} download aria-label={`Receipt of the pack of ${row.campaignName}`}>
        Receipt
      </a>
    ),
  },
  {
    id: "download",
    header: "File",
    width: 136,
    cell: (row) => (
      <Button
        component="a"
        href={`/api/v1/evidence/packs/${row.id}`}
        size="compact-sm"
        variant="default"
        leftSection={<IconDownload size={16} stroke={1.5} aria-hidden />}
        aria-label={`Download the pack of ${row.campaignName} at checkpoint ${row.treeSize}`}
      >
        Download
      </Button>
    ),
  },
];
