import { IconAlertTriangle, IconInbox, IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LinkButton } from "./link-button.tsx";
import classes from "./states.module.css";

type EmptyStateProps = {
  title: string;
  /** Why it is empty. */
  why: ReactNode;
  /** The one next step. */
  action?: ReactNode;
  /** It stands in place of the whole page, whose title is then this one. */
  isPage?: boolean;
};

export function EmptyState({ title, why, action, isPage = false }: EmptyStateProps) {
  const Title = isPage ? "h1" : "h2";
  return (
    <div className={classes.state}>
      <IconInbox size={24} stroke={1.5} aria-hidden />
      <Title className={classes.title}>{title}</Title>
      <div className={classes.words}>{why}</div>
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}

type NothingFilteredProps = { why: ReactNode; href: string; showAll: string };

/** Nothing is left by a filter; what would be there without it is one step away. */
export function NothingFiltered({ why, href, showAll }: NothingFilteredProps) {
  return (
    <EmptyState
      title="Nothing under this filter"
      why={why}
      action={
        <LinkButton href={href} variant="default">
          {showAll}
        </LinkButton>
      }
    />
  );
}

type ErrorStateProps = {
  /** What happened. */
  title: string;
  /** What was not changed, and what to do. */
  children: ReactNode;
  /** To quote when asking for help. */
  reference?: string | undefined;
  action?: ReactNode;
  isPage?: boolean;
};

export function ErrorState({ title, children, reference, action, isPage = false }: ErrorStateProps) {
  const Title = isPage ? "h1" : "h2";
  return (
    <div className={classes.state} role="alert">
      <IconAlertTriangle size={24} stroke={1.5} aria-hidden />
      <Title className={classes.title}>{title}</Title>
      <div className={classes.words}>{children}</div>
      {reference && (
        <p className={classes.reference}>
          Reference <code>{reference}</code>
        </p>
      )}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}

type DeniedStateProps = {
  /** What was asked for: "Audit history". */
  what: string;
  /** Roles that would allow it: granteesOf(permission). */
  roles: readonly string[];
  /** Whom to ask; an administrator assigns roles. */
  ask?: ReactNode;
};

/** In place of a page that this person may not see. */
export function DeniedState({ what, roles, ask = "Ask an administrator of Countersign for one of these roles." }: DeniedStateProps) {
  const named = roles.filter((role) => !NOT_ROLES.includes(role)).map((role) => role.replaceAll("_", " "));
  return (
    <div className={classes.state}>
      <IconLock size={24} stroke={1.5} aria-hidden />
      <h1 className={classes.title}>{what} is not open to you</h1>
      <div className={classes.words}>
        {named.length > 0 ? (
          <p>
            Allowed by the {named.length === 1 ? "role" : "roles"} {listText(named)}.
          </p>
        ) : (
          <p>No role allows it; only the program itself does this.</p>
        )}
        {named.length > 0 && <p>{ask}</p>}
      </div>
    </div>
  );
}

/** Grantees of the permission table that nobody can be given. */
const NOT_ROLES: readonly string[] = ["system", "local_operator", "signed_in"];

function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
