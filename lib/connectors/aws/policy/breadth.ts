import type { RoleTrust } from "./trust.ts";

type Seen = Omit<RoleTrust, "tooBroad">;

/** In words, whom a trust lets in beyond what one would expect of it; null where its conditions are narrow. */
export function breadthOf(trust: Seen): string | null {
  switch (trust.kind) {
    case "anyone":
      return isNarrowed(trust) ? null : "Anyone with an AWS account can assume this role.";
    case "oidc":
      return breadthOfOidc(trust);
    case "account":
      // An account of one's own is narrowed by its own policies; whose it is, the connector knows and this does not.
      return null;
    default:
      return null;
  }
}

/** A condition on who calls, not on when. */
const NARROWS = /^(aws:principal(org(id|paths)|arn|account|tag\/.+)|aws:source(arn|account)|sts:externalid|saml:.+)$/i;
const isNarrowed = ({ conditions }: Seen): boolean => conditions.some(({ key }) => NARROWS.test(key));

const GITHUB = "https://token.actions.githubusercontent.com";

function breadthOfOidc({ issuer, subjectPattern, conditions }: Seen): string | null {
  const patterns = subjectPattern?.split(", ") ?? [];
  // Other claims may narrow it as well: repository, ref, environment, namespace.
  if (patterns.length === 0 || patterns.some((pattern) => /^\*+$/.test(pattern))) {
    if (conditions.length > 0) return null;
    return issuer === GITHUB
      ? "Any workflow of any repository on GitHub can assume this role."
      : `Everyone for whom ${issuer} issues a token can assume this role.`;
  }
  const found = patterns.map((pattern) => breadthOfSubject(issuer, pattern)).filter((each) => each !== null);
  return found.length > 0 ? found.join(" ") : null;
}

function breadthOfSubject(issuer: string, pattern: string): string | null {
  const github = /^repo:([^:/]*)\/?([^:]*)(?::(.*))?$/.exec(pattern);
  if (github) return breadthOfRepository(github[1] ?? "", github[2] ?? "", github[3] ?? "");
  const gitlab = /^project_path:([^:]*)(?::(.*))?$/.exec(pattern);
  if (gitlab) {
    const [, project = "", rest = ""] = gitlab;
    if (project.includes("*")) return `Any branch of any project whose path fits ${project} can assume this role.`;
    return isAnyRef(rest) ? `Any branch or tag of ${project} can assume this role.` : null;
  }
  const eks = /^system:serviceaccount:([^:]*):(.*)$/.exec(pattern);
  if (eks?.[1]?.includes("*")) return "Any service account of any matching namespace of the cluster can assume this role.";
  if (eks?.[2]?.includes("*")) return `Any matching service account of the namespace ${eks[1]} can assume this role.`;
  return pattern.includes("*") ? `Every subject of ${issuer} that fits ${pattern} can assume this role.` : null;
}

function breadthOfRepository(owner: string, repository: string, rest: string): string | null {
  if (owner.includes("*")) return "Any branch of any repository on GitHub whose owner fits can assume this role.";
  if (repository === "" || repository.includes("*")) return `Any branch of any matching repository of ${owner} can assume this role.`;
  return isAnyRef(rest) ? `Any branch, tag or pull request of ${owner}/${repository} can assume this role.` : null;
}

const isAnyRef = (rest: string): boolean =>
  rest === "" || /^\*+$/.test(rest) || /^(ref:(refs\/heads\/)?\*|ref_type:\w+:ref:\*)$/.test(rest);
