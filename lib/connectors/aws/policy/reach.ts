import type { Condition, Named, PolicyDocument, Statement } from "./document.ts";
import { fitsAction, fitsGlob } from "./glob.ts";

/** How far a document lets one action go. Later ones are wider. */
export const EXTENTS = ["nowhere", "depends", "own", "named", "everywhere"] as const;
export type Extent = (typeof EXTENTS)[number];

/** Whether a condition can be taken as met: what only says when or from where does not lessen what can be done then. */
export type Judge = (condition: Condition) => "holds" | "fails" | "depends";

/** Circumstances, which somebody who holds the permission can be in. Keys in lower case. */
const CIRCUMSTANCES = new Set([
  "aws:multifactorauthpresent",
  "aws:multifactorauthage",
  "aws:sourceip",
  "aws:vpcsourceip",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:securetransport",
  "aws:currenttime",
  "aws:epochtime",
  "aws:useragent",
  "aws:referer",
  "aws:requestedregion",
  "aws:principalaccount",
  "aws:principalorgid",
  "aws:resourceaccount",
  "aws:resourceorgid",
]);

export const circumstances: Judge = ({ key }) => (CIRCUMSTANCES.has(key.toLowerCase()) ? "holds" : "depends");

/** PassRole hands a role to a service: only those services of which a condition says so. */
export const passedTo =
  (service: string): Judge =>
  (condition) => {
    if (condition.key.toLowerCase() !== "iam:passedtoservice") return circumstances(condition);
    if (!/^(for(any|all)values:)?string(equals|like)(ignorecase)?(ifexists)?$/i.test(condition.operator)) return "depends";
    return condition.values.some((value) => fitsGlob(value.toLowerCase(), service)) ? "holds" : "fails";
  };

/** What the document allows of one action, at its widest. */
export function extentOf({ statements }: PolicyDocument, action: string, judge: Judge = circumstances): Extent {
  let widest: Extent = "nowhere";
  for (const allow of statements) {
    if (allow.effect !== "Allow" || !names(allow.actions, action)) continue;
    const found = after(judged(allow, judge), allow, statements, action, judge);
    if (EXTENTS.indexOf(found) > EXTENTS.indexOf(widest)) widest = found;
  }
  return widest;
}

/** What the document allows of one action on one resource. */
export function allowsOn({ statements }: PolicyDocument, action: string, resource: string): "yes" | "no" | "depends" {
  const about = statements.filter(({ actions, resources }) => names(actions, action) && (!resources || namesResource(resources, resource)));
  const sure = (statement: Statement) => judgedAll(statement.conditions, circumstances);
  // A denial by a circumstance (no MFA, another network) leaves the others.
  const denies = about.filter(({ effect }) => effect === "Deny").map(({ conditions }) => deniesBy(conditions, circumstances));
  if (denies.includes("always")) return "no";
  const allows = about.filter(({ effect }) => effect === "Allow").map(sure);
  if (allows.includes("holds")) return denies.includes("depends") ? "depends" : "yes";
  return allows.includes("depends") ? "depends" : "no";
}

export const names = ({ isExcept, patterns }: Named, action: string): boolean =>
  patterns.some((pattern) => fitsAction(pattern, action)) !== isExcept;

const namesResource = ({ isExcept, patterns }: Named, resource: string): boolean =>
  patterns.some((pattern) => fitsGlob(pattern, resource)) !== isExcept;

function judged(statement: Statement, judge: Judge): Extent {
  const conditions = judgedAll(statement.conditions, judge);
  if (conditions === "fails") return "nowhere";
  if (conditions === "depends") return "depends";
  return extentOfResources(statement.resources);
}

function judgedAll(conditions: readonly Condition[], judge: Judge): ReturnType<Judge> {
  const found = conditions.map(judge);
  return found.includes("fails") ? "fails" : found.includes("depends") ? "depends" : "holds";
}

function extentOfResources(resources: Named | null): Extent {
  if (!resources || resources.isExcept || resources.patterns.some(isEverywhere)) return "everywhere";
  return resources.patterns.every(isOwn) ? "own" : "named";
}

/** "*", and an ARN that leaves nothing of its kind out: "arn:aws:iam::*:role/*", "arn:aws:s3:::*". */
export function isEverywhere(pattern: string): boolean {
  if (/^\*+$/.test(pattern)) return true;
  const [, , service, , , ...rest] = pattern.split(":");
  const last = rest.join(":");
  // What stands before the slash is a kind of resource everywhere but in S3, where it is a bucket.
  return rest.length > 0 && (service === "s3" ? /^\*(\/\*)?$/ : /^(\*|[A-Za-z-]+[/:]\*)(\/\*|:\*)*$/).test(last);
}

/** Whoever holds the policy, and nobody else: "user/${aws:username}". */
const isOwn = (pattern: string): boolean => /\$\{aws:(username|userid)\}/i.test(pattern);

/** What a denial leaves of what was allowed. One that holds for a part only leaves the rest. */
function after(extent: Extent, allow: Statement, statements: readonly Statement[], action: string, judge: Judge): Extent {
  let left = extent;
  for (const deny of statements) {
    if (deny.effect !== "Deny" || !names(deny.actions, action) || !coversResources(deny.resources, allow.resources)) continue;
    const by = deniesBy(deny.conditions, judge);
    if (by === "always") return "nowhere";
    if (by === "depends" && left !== "nowhere") left = "depends";
  }
  return left;
}

/** "sometimes": by a circumstance that whoever holds the permission can be out of. */
function deniesBy(conditions: readonly Condition[], judge: Judge): "always" | "sometimes" | "depends" {
  if (conditions.length === 0) return "always";
  return conditions.some((condition) => circumstances(condition) === "holds" || judge(condition) === "fails") ? "sometimes" : "depends";
}

function coversResources(deny: Named | null, allow: Named | null): boolean {
  if (!deny) return true;
  if (deny.isExcept) return false;
  if (deny.patterns.some((pattern) => /^\*+$/.test(pattern))) return true;
  return allow !== null && !allow.isExcept && allow.patterns.every((each) => deny.patterns.some((pattern) => fitsGlob(pattern, each)));
}
