import type { PreflightCheck } from "../contract.ts";
import type { Session } from "./client.ts";
import { commentTags } from "./comment-tags.ts";
import {
  countOtherSuperusers,
  readAccountsEnteringAsPublic,
  readHolder,
  readLiveSessions,
  readMembershipFacts,
  readOwnAccountsThrough,
} from "./preflight.sql.ts";
import type { Step } from "./revoke.sql.ts";
import { fits, type PostgresWriterConfig } from "./schema.ts";
import type { Target } from "./target.ts";

const ok = (name: string, detail: string): PreflightCheck => ({ name, result: "ok", detail });
const warns = (name: string, detail: string): PreflightCheck => ({ name, result: "warns", detail });
const blocks = (name: string, detail: string): PreflightCheck => ({ name, result: "blocks", detail });

/** Everything that speaks against taking this back, asked of the server at this moment. */
export async function preflight(
  session: Session,
  target: Target,
  steps: readonly Step[],
  config: PostgresWriterConfig,
): Promise<PreflightCheck[]> {
  return [
    steps.length > 0 ? ok("Still granted", `${steps.length} to take back.`) : warns("Still granted", "It is no longer there."),
    grantors(steps, config),
    await breakGlass(session, target, config),
    await ownAccounts(session, target, config),
    await lastSuperuser(session, target),
    ...(await membership(session, target)),
    await inUse(session, target),
  ];
}

/** The reasons of a writer that cannot act: each names who can. */
export function stuckSteps(steps: readonly Step[], writer: string): string | null {
  const names = [...new Set(steps.filter(({ may_act }) => !may_act).map(({ grantor }) => grantor ?? "a superuser"))];
  return names.length === 0 ? null : `Granted by ${names.join(" and ")}, whom ${writer} may not act as. Ask them, or a superuser.`;
}

function grantors(steps: readonly Step[], { writerUser }: PostgresWriterConfig): PreflightCheck {
  const stuck = stuckSteps(steps, writerUser);
  return stuck
    ? blocks("The writer may take it back", stuck)
    : ok("The writer may take it back", `${writerUser} may act for everyone who granted it.`);
}

async function breakGlass(session: Session, { holder, entitlement }: Target, config: PostgresWriterConfig): Promise<PreflightCheck> {
  const name = "Not a break-glass role";
  for (const oid of [holder, ...(entitlement.kind === "member" ? [entitlement.oid] : [])]) {
    const role = await readHolder(session, oid);
    if (!role) continue;
    const isBreakGlass = commentTags(role.comment).class === "break_glass" || fits(role.name, config.breakGlass);
    if (isBreakGlass) return blocks(name, `${role.name} is for emergencies. Nothing is taken from it by this program.`);
  }
  return ok(name, "Neither by its comment nor by the source's list.");
}

async function ownAccounts(
  session: Session,
  { holder, entitlement }: Target,
  { user, writerUser }: PostgresWriterConfig,
): Promise<PreflightCheck> {
  const name = "Not what Countersign works with";
  const accounts = [user, writerUser];
  const through =
    holder !== 0
      ? await readOwnAccountsThrough(session, holder, accounts)
      : entitlement.kind === "database" && entitlement.privilege === "CONNECT"
        ? await readAccountsEnteringAsPublic(session, entitlement.database, accounts)
        : [];
  if (through.length === 0) return ok(name, `Neither ${user} nor ${writerUser} works through it.`);
  return blocks(
    name,
    `${through.map((each) => each.name).join(" and ")} would lose it: the source could no longer be read, or nothing be taken back.`,
  );
}

async function lastSuperuser(session: Session, { holder, entitlement }: Target): Promise<PreflightCheck> {
  const name = "Not the last superuser";
  const facts = entitlement.kind === "member" ? await readMembershipFacts(session, entitlement.oid, holder) : null;
  const isAbout = (entitlement.kind === "attribute" && entitlement.attribute === "SUPERUSER") || facts?.is_superuser_role === true;
  if (!isAbout) return ok(name, "It does not make its holder a superuser.");
  const others = await countOtherSuperusers(session, holder);
  return others === 0 ? blocks(name, "Nobody else could administer this server.") : ok(name, `${others} others remain.`);
}

async function membership(session: Session, { holder, entitlement }: Target): Promise<PreflightCheck[]> {
  if (entitlement.kind !== "member") return [];
  const facts = await readMembershipFacts(session, entitlement.oid, holder);
  if (!facts) return [];
  const admin = "Not the last administrator of the role";
  const dependent = "Nobody else's membership hangs on it";
  return [
    facts.is_admin && facts.other_admins === 0
      ? blocks(admin, "Only superusers could add or remove members afterwards.")
      : ok(admin, `${facts.other_admins} others may add and remove members.`),
    facts.dependents.length > 0 && session.version >= 160_000
      ? blocks(
          dependent,
          `The holder granted it to ${facts.dependents.join(", ")}. Have those granted by someone else first, or taken back.`,
        )
      : ok(dependent, "The holder has not granted it to anyone."),
  ];
}

/** PostgreSQL keeps no last use. That nobody is signed in now does not say that nobody was yesterday, so this is never all clear. */
async function inUse(session: Session, { holder }: Target): Promise<PreflightCheck> {
  const name = "Not used in the last 7 days";
  const live = await readLiveSessions(session, holder);
  const unknown = "PostgreSQL keeps no record of past use.";
  if (live.length === 0) return warns(name, `Unknown. Nobody who holds it is signed in now, but ${unknown}`);
  return warns(
    name,
    `In use now: ${live.map((each) => `${each.name} (${each.sessions} ${each.sessions === 1 ? "session" : "sessions"})`).join(", ")}.`,
  );
}
