"use client";

import { ActionIcon, Button } from "@mantine/core";
import { IconBaselineDensityMedium, IconBaselineDensitySmall } from "@tabler/icons-react";
import { memo } from "react";
import { countText } from "../ui/moment-text.ts";
import { usePreferences } from "../ui/preferences.tsx";
import { ToneText } from "../ui/tone-text.tsx";
import classes from "./data-table.module.css";

/** How a list that comes window by window stands. */
export type WindowStatus = { hasMore: boolean; isReading: boolean; isError: boolean; readMore: () => void };

type TableFooterProps = { read: number; total: number | null; status: WindowStatus | undefined };

export const TableFooter = memo(function TableFooter({ read, total, status }: TableFooterProps) {
  const { density, setDensity } = usePreferences();
  const isCompact = density === "compact";
  return (
    <div className={classes.footer}>
      <output className="numbers">{countWords(read, total, status)}</output>
      {status?.isError && (
        <span className={classes.footerError}>
          <ToneText tone="warning">The next rows could not be read.</ToneText>
          <Button size="compact-xs" variant="default" onClick={status.readMore}>
            Read again
          </Button>
        </span>
      )}
      <ActionIcon
        className={classes.density}
        size="sm"
        onClick={() => setDensity(isCompact ? "comfortable" : "compact")}
        aria-label={isCompact ? "Comfortable rows" : "Compact rows"}
      >
        {isCompact ? <IconBaselineDensityMedium size={16} aria-hidden /> : <IconBaselineDensitySmall size={16} aria-hidden />}
      </ActionIcon>
    </div>
  );
});

function countWords(read: number, total: number | null, status: WindowStatus | undefined): string {
  const noun = (count: number) => `${countText(count)} ${count === 1 ? "row" : "rows"}`;
  if (!status?.hasMore) return noun(total ?? read);
  return total === null ? `${noun(read)} read, more follow` : `${countText(read)} of ${noun(total)} read, more follow as you scroll`;
}
