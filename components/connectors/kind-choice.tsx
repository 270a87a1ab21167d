import { DefinitionList } from "#components/ui/definition-list.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import classes from "./files.module.css";

const KINDS = [
  {
    kind: "files",
    title: "Files",
    what: "Exports of any other system: an HR list, accounts of a directory, groups, a list of keys.",
    reads:
      "CSV and JSON Lines in UTF-8, gzip or not, up to 4 GiB a file. One file may tell several things: accounts, their groups, and who is in them.",
    needs: "The files, and somebody who says what their columns mean. A proposal is made; the preview shows what would come out.",
    silent: "Anything since the export, and live sessions. Without a total beside it, whether the export was whole.",
    action: "Use files",
  },
  {
    kind: "postgres",
    title: "PostgreSQL",
    what: "One server, version 13 to 18: its roles, who is in which, and what each of them may do.",
    reads:
      "Sign-in roles, memberships with their options and grantors, privileges on databases, schemas, tables and functions, superuser and bypass flags, password expiry, live sessions.",
    needs:
      "An ordinary sign-in role with pg_read_all_stats, and CONNECT on each database. It sees no row of any table. The script is on the next page.",
    silent: "When a grant was made, when it or a role was last used, how a role signs in. Those are shown as unknown, never guessed.",
    action: "Connect PostgreSQL",
  },
  {
    kind: "aws",
    title: "AWS",
    what: "IAM of one account or several: users, groups, roles and what each of them may do, in plain words.",
    reads:
      "Users, groups, roles with their last use, attached and inline policies, trusts and what is too broad about them, access keys, passwords, certificates, MFA devices.",
    needs:
      "Either what the AWS CLI exports, uploaded here, so that no key of the account is kept; or a key that may read IAM and nothing else. Commands and policy are on the next page.",
    silent:
      "When something was attached, by whom, or when it was last used; what the organisation's own policies take away. Without a credential report nothing of keys, passwords and MFA.",
    action: "Connect AWS",
  },
] as const;

/** The kinds of source, each with what it tells and what it cannot. */
export function KindChoice() {
  return (
    <ul className={classes.kinds}>
      {KINDS.map(({ kind, title, what, reads, needs, silent, action }) => (
        <li key={kind} className={classes.kind}>
          <h2 className={classes.legend}>{title}</h2>
          <p>{what}</p>
          <DefinitionList
            stacked
            facts={[
              { term: "Reads", value: reads },
              { term: "Needs", value: needs },
              { term: "Cannot tell", value: silent },
            ]}
          />
          <div className={classes.kindAction}>
            <LinkButton href={`/sources/new?kind=${kind}`} variant="default">
              {action}
            </LinkButton>
          </div>
        </li>
      ))}
    </ul>
  );
}
