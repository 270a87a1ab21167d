import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./data-table.module.css";
import type { GroupLine } from "./lines.ts";

type GroupHeadProps<Row> = {
  line: GroupLine<Row>;
  renderGroup: ((group: GroupLine<Row>) => ReactNode) | undefined;
  onFold: (groupId: string, isFolded: boolean) => void;
  /** Where keys fold, the button is for pointers alone. */
  isByKeys?: boolean;
};

export function GroupHead<Row>({ line, renderGroup, onFold, isByKeys = false }: GroupHeadProps<Row>) {
  const { group, isFolded, size } = line;
  return (
    <>
      <button
        type="button"
        className={classes.fold}
        {...(isByKeys ? { tabIndex: -1 } : {})}
        aria-expanded={!isFolded}
        aria-label={`${isFolded ? "Unfold" : "Fold"} ${group.label}`}
        onClick={() => onFold(group.id, !isFolded)}
      >
        {isFolded ? <IconChevronRight size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
      </button>
      {renderGroup ? (
        renderGroup(line)
      ) : (
        <span>
          {group.label} <span className={classes.groupSize}>{size}</span>
        </span>
      )}
    </>
  );
}
