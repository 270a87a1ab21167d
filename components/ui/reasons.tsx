import type { ReactNode } from "react";
import classes from "./reasons.module.css";

export type Reason = {
  /** The rule's own word for it, for whoever looks it up. */
  code?: string;
  text: ReactNode;
};

/** Every reason a rule gave, in its order. A rule never gives only the first. */
export function Reasons({ reasons, label = "Reasons" }: { reasons: readonly Reason[]; label?: string }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {reasons.map((reason, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is replaced as a whole and two reasons may read alike
        <li key={index} className={classes.reason}>
          <span title={reason.code}>{reason.text}</span>
        </li>
      ))}
    </ul>
  );
}
