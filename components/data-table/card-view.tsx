"use client";

import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import type { DataColumn } from "./columns.ts";
import classes from "./data-table.module.css";
import { GroupHead } from "./group-head.tsx";
import type { GroupLine } from "./lines.ts";
import type { Drawn } from "./table-view.tsx";

type CardViewProps<Row extends object> = {
  caption: string;
  columns: readonly DataColumn<Row>[];
  drawn: readonly Drawn<Row>[];
  totalSize: number;
  scrollMargin: number;
  lineCount: number | null;
  measure: (element: HTMLLIElement | null) => void;
  activeId: string | null;
  tabStopId: string | undefined;
  renderCard: ((row: Row) => ReactNode) | undefined;
  renderGroup: ((group: GroupLine<Row>) => ReactNode) | undefined;
  onFold: (groupId: string, isFolded: boolean) => void;
};

/** The same lines where a table does not fit. Cards take the height they need, so they are measured. */
export function CardView<Row extends object>(props: CardViewProps<Row>) {
  const { caption, drawn, totalSize, scrollMargin, lineCount, measure, activeId, tabStopId } = props;
  return (
    <ul className={classes.cards} aria-label={caption} style={{ height: totalSize }}>
      {drawn.map(({ line, row, item }) => (
        <li
          key={item.key}
          ref={measure}
          data-index={item.index}
          className={classes.cardLine}
          style={{ transform: `translateY(${item.start - scrollMargin}px)` }}
          aria-setsize={lineCount ?? -1}
          aria-posinset={item.index + 1}
          {...(line?.kind === "row"
            ? { "data-line-id": line.id, tabIndex: line.id === tabStopId ? 0 : -1, "data-active": line.id === activeId || undefined }
            : {})}
        >
          <CardLine {...props} line={line} row={row} />
        </li>
      ))}
    </ul>
  );
}

type CardLineProps<Row extends object> = CardViewProps<Row> & Pick<Drawn<Row>, "line" | "row">;

function CardLine<Row extends object>({ line, row, columns, renderCard, renderGroup, onFold }: CardLineProps<Row>) {
  if (line?.kind === "group") {
    return (
      <div className={classes.cardGroup}>
        <GroupHead line={line} renderGroup={renderGroup} onFold={onFold} />
      </div>
    );
  }
  if (!row) return <Skeleton height={96} />;
  return <div className={classes.card}>{renderCard ? renderCard(row) : <PlainCard columns={columns} row={row} />}</div>;
}

/** The first column names the thing, the others are facts about it. */
function PlainCard<Row extends object>({ columns, row }: { columns: readonly DataColumn<Row>[]; row: Row }) {
  const [first, ...others] = columns;
  return (
    <>
      <div className={classes.cardTitle}>{first?.cell(row)}</div>
      <dl className={classes.cardFacts}>
        {others.map((column) => (
          <div key={column.id} className={classes.cardFact}>
            <dt>{column.header}</dt>
            <dd>{column.cell(row)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
