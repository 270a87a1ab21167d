import { perform } from "#lib/actions/perform.ts";
import type { TransactionForm } from "#lib/actions/types.ts";
import { checkPassword, createSignIn, signOut } from "#lib/auth/commands/sign-in.ts";
import { confirmByPassword } from "#lib/auth/commands/step-up.ts";
import { createUser } from "#lib/auth/commands/users.ts";
import { findSignIn } from "#lib/auth/sign-in.sql.ts";
import type { Actor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Role } from "#lib/authz/permissions.ts";
import { reader } from "#lib/db/transact.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { employeeOf } from "./company.ts";
import { asActor, asJob, asOperator, daysAgo, type Story } from "./story.ts";

/** One password for all: this is a demo on one's own machine, and the sign-in page says so. */
export const PASSWORD = "look-around-2026";

type Part = { login: string; roles: readonly Role[] /** Told at the start; those without it are there to review. */; role?: string };

export const CAST: readonly Part[] = [
  { login: "mara_lindt", roles: ["reviewer"], role: "manager of Payments: half of her review is left to do" },
  { login: "henrik_solberg", roles: ["reviewer"], role: "manager of Data: has not begun his review" },
  { login: "astrid_nyberg", roles: ["reviewer", "campaign_manager"], role: "head of engineering, owns the campaigns" },
  { login: "wei_zhang", roles: ["security_analyst", "reviewer"], role: "security analyst; decides where nobody else can" },
  { login: "ottilie_krantz", roles: ["exception_approver", "reviewer"], role: "exception approver" },
  { login: "camille_dubois", roles: ["auditor"], role: "auditor: reads everything, changes nothing" },
  { login: "ingrid_vass", roles: ["reviewer", "platform_engineer"], role: "platform engineer: connects sources; manages Platform" },
  { login: "jonas_okafor", roles: ["reviewer"], role: "owner of pipelines, whose review is overdue" },
  { login: "pavel_novak", roles: ["administrator"], role: "administrator" },
  { login: "fiona_gallagher", roles: ["administrator", "security_analyst"], role: "second administrator" },
  { login: "leila_haddad", roles: ["reviewer"] },
  { login: "saskia_holm", roles: ["reviewer"], role: "head of the company: looks again at what somebody kept in a hurry" },
  { login: "dragan_ilic", roles: ["reviewer"] },
  { login: "beatriz_amado", roles: ["reviewer"] },
  { login: "gunnar_falk", roles: ["reviewer"] },
  { login: "nkechi_obi", roles: ["reviewer"] },
  { login: "marcus_thiel", roles: ["reviewer"] },
  { login: "margit_soler", roles: ["reviewer"] },
  { login: "rasmus_lund", roles: ["reviewer"] },
  { login: "aurelia_stern", roles: ["reviewer"] },
];

/** Owns the campaigns; decides where the chain finds nobody; connects the sources; takes access back by hand. */
export const CAMPAIGN_OWNER = "astrid_nyberg";
export const FALLBACK = "wei_zhang";
export const ENGINEER = "ingrid_vass";
export const SECURITY = "fiona_gallagher";

export type DemoSignIn = { name: string; mail: string; password: string; role: string };

export const demoSignIns = (): DemoSignIn[] =>
  CAST.flatMap(({ login, role }) => {
    const { name, mail } = employeeOf(login);
    return role ? [{ name, mail, password: PASSWORD, role }] : [];
  });

/** Creates who is missing, each linked to the person of that mail address in the people source. */
export async function ensureCast(story: Story): Promise<void> {
  const ctx = asOperator(daysAgo(story, 180, 10));
  for (const { login, roles } of CAST) {
    const { name, mail } = employeeOf(login);
    if (await userIdOf(login)) continue;
    await createUser(ctx, { mail, displayName: name, roles: [...roles], password: PASSWORD, personId: await personIdOf(login) });
  }
}

export const isCastThere = async (): Promise<boolean> => {
  const mails = CAST.map(({ login }) => employeeOf(login).mail);
  const [row] = await reader.rows<{ known: number }>(
    "SELECT count(*)::int AS known FROM app_users WHERE issuer = 'local' AND subject = ANY ($1::text[])",
    [mails],
  );
  return row?.known === mails.length;
};

export async function userIdOf(login: string): Promise<string | null> {
  const [row] = await reader.rows<{ id: string }>("SELECT id FROM app_users WHERE issuer = 'local' AND subject = $1::text", [
    employeeOf(login).mail,
  ]);
  return row?.id ?? null;
}

export async function personIdOf(login: string): Promise<string> {
  const [row] = await reader.rows<{ id: string }>("SELECT id FROM people WHERE mail = $1::text", [employeeOf(login).mail]);
  if (!row) throw new Error(`The demo's people source does not hold ${login}.`);
  return row.id;
}

type UserActor = Extract<Actor, { kind: "user" }>;

/** In somebody's own place: signed in by their password, as the sign-in page does it. */
export async function as(story: Story, login: string, now: Date): Promise<Ctx> {
  const known = story.signIns.get(login);
  if (known) return asActor(known, now);
  const job = asJob(story.now);
  const proof = await checkPassword(job, { mail: employeeOf(login).mail, password: PASSWORD });
  const { value } = await createSignIn(job, proof);
  const actor: UserActor | null = await findSignIn(value, {});
  if (!actor) throw new Error(`${login} could not sign in.`);
  story.signIns.set(login, actor);
  return asActor(actor, now);
}

export async function signEveryoneOut(story: Story): Promise<void> {
  for (const actor of story.signIns.values()) await signOut(asActor(actor, story.now));
  story.signIns.clear();
}

/** A critical action as the browser does it: refused first, confirmed with the password for exactly this input, then done, which uses that up. */
export async function confirmed<Input, Data>(
  ctx: Ctx,
  asked: { action: string; input: Input; transaction?: TransactionForm },
  run: (ctx: Ctx, input: Input) => Promise<Data>,
): Promise<Data> {
  const { action, input, transaction = "pg" } = asked;
  const operation = { name: action, critical: true, transaction, answer: "kept", input, idempotencyKey: null } as const;
  const attempt = () => perform(ctx, operation, (inner) => run(inner, input));
  const refusal: unknown = await attempt().then(
    () => new Error(`${action} did not ask for a confirmation.`),
    (error: unknown) => error,
  );
  if (!(refusal instanceof DomainError) || refusal.code !== "STEP_UP_REQUIRED") throw refusal;
  const binding = String(refusal.details?.binding);
  await confirmByPassword(ctx, { action, binding, password: PASSWORD });
  return attempt();
}
