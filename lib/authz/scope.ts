import { forbidden } from "#lib/errors/domain-error.ts";
import type { Actor } from "./actor.ts";
import { authorize, can, type Permission } from "./permissions.ts";

declare const granted: unique symbol; // not exported: nobody else can make a scope

type Scope<Domain extends string> = { readonly [granted]: Domain };
export type InventoryScope = Scope<"inventory">;
export type SourceScope = Scope<"source">;
export type AuditScope = Scope<"audit">;
export type EvidenceScope = Scope<"evidence">;
export type SessionScope = Scope<"session">;
export type UserScope = Scope<"user">;
export type SettingsScope = Scope<"settings">;
/** personId null reads every task; otherwise those of resources that the person owns, and those that they decided. */
export type RemediationScope = Scope<"remediation"> & { readonly personId: string | null };
/** personId and userId null read every exception; otherwise those that the person asked for, holds, owns, approves or answers for. */
export type ExceptionScope = Scope<"exception"> & { readonly personId: string | null; readonly userId: string | null };
/** reviewerId null reads every item; otherwise only the campaigns and items of that person. */
export type CampaignScope = Scope<"campaign"> & { readonly reviewerId: string | null };
/** What this user, and whoever they are in the inventory, was told. */
export type InboxScope = Scope<"inbox"> & { readonly personId: string | null; readonly userId: string };

function mint<S>(actor: Actor, permission: Permission): S {
  authorize(actor, permission);
  return {} as S;
}

export const inventoryScope = (actor: Actor): InventoryScope => mint(actor, "inventory.read");
/** Where the whole inventory stands, for those whose work that is. */
export const postureScope = (actor: Actor): InventoryScope => mint(actor, "posture.read");
export const sourceScope = (actor: Actor): SourceScope => mint(actor, "source.read");
export const auditScope = (actor: Actor): AuditScope => mint(actor, "audit.read");
export const evidenceScope = (actor: Actor): EvidenceScope => mint(actor, "evidence.read");
export const sessionScope = (actor: Actor): SessionScope => mint(actor, "session.read");
export const settingsScope = (actor: Actor): SettingsScope => mint(actor, "settings.manage");
export const userScope = (actor: Actor): UserScope => mint(actor, "user.read");

export function remediationScope(actor: Actor): RemediationScope {
  authorize(actor, "remediation.read");
  if (can(actor, "remediation.read_all")) return { personId: null } as RemediationScope;
  if (actor.kind !== "user" || actor.personId === null) throw forbidden("remediation.read_all");
  return { personId: actor.personId } as RemediationScope;
}

export function exceptionScope(actor: Actor): ExceptionScope {
  authorize(actor, "exception.read");
  if (can(actor, "exception.read_all")) return { personId: null, userId: null } as ExceptionScope;
  if (actor.kind !== "user") throw forbidden("exception.read_all");
  return { personId: actor.personId, userId: actor.userId } as ExceptionScope;
}

export function campaignScope(actor: Actor): CampaignScope {
  authorize(actor, "campaign.read");
  if (can(actor, "campaign.read_all")) return { reviewerId: null } as CampaignScope;
  return reviewerScope(actor);
}

/** Only what waits for, or was decided by, the person behind the actor: for "my reviews", whatever else they may read. */
export function reviewerScope(actor: Actor): CampaignScope {
  authorize(actor, "campaign.read");
  if (actor.kind !== "user" || actor.personId === null) throw forbidden("campaign.read_all");
  return { reviewerId: actor.personId } as CampaignScope;
}

export function inboxScope(actor: Actor): InboxScope {
  authorize(actor, "self.manage");
  if (actor.kind !== "user") throw forbidden("self.manage");
  return { personId: actor.personId, userId: actor.userId } as InboxScope;
}
