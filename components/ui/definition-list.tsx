import type { ReactNode } from "react";
import classes from "./definition-list.module.css";

type DefinitionListProps = {
  facts: readonly { term: string; value: ReactNode; help?: string }[];
  /** Terms above their values, for narrow columns. */
  stacked?: boolean;
};

/** Facts with their names. A fact that is not known is passed as unknown, never left out. */
export function DefinitionList({ facts, stacked = false }: DefinitionListProps) {
  return (
    <dl className={classes.list} data-stacked={stacked || undefined}>
      {facts.map((fact) => (
        <div key={fact.term} className={classes.fact}>
          <dt className={classes.term} title={fact.help}>
            {fact.term}
          </dt>
          <dd className={classes.value}>{fact.value ?? <span className={classes.unknown}>unknown</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
