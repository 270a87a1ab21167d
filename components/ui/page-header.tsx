import type { ReactNode } from "react";
import classes from "./page-header.module.css";

type PageHeaderProps = {
  title: ReactNode;
  /** One line: what this is and how fresh. */
  summary?: ReactNode;
  /** The page's one primary action; on a phone it sits at the thumb. */
  action?: ReactNode;
  /** Where this page hangs: <Link href="/campaigns">Campaigns</Link>. */
  parent?: ReactNode;
  /** State of the thing that the page is about, beside its name. */
  badge?: ReactNode;
};

export function PageHeader({ title, summary, action, parent, badge }: PageHeaderProps) {
  return (
    <div className={classes.header}>
      <div className={classes.words}>
        {parent && (
          <nav aria-label="Parent page" className={classes.parent}>
            {parent}
          </nav>
        )}
        <div className={classes.titleLine}>
          <h1 className={classes.title}>{title}</h1>
          {badge}
        </div>
        {summary && <div className={classes.summary}>{summary}</div>}
      </div>
      {action && <div className={`${classes.action} page-thumb-bar`}>{action}</div>}
    </div>
  );
}

/** A titled part of a page, with its own heading in the outline. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{title}</h2>
        {aside && <div className={classes.aside}>{aside}</div>}
      </div>
      {children}
    </section>
  );
}
