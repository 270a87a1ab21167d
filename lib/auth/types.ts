import type { Permission, Role } from "#lib/authz/permissions.ts";

/** Who looks at the dashboard, as its frame shows them. */
export type Viewer = {
  userId: string;
  displayName: string;
  roles: readonly Role[];
  permissions: readonly Permission[];
  /** Sync runs under way, for those who may see sources. */
  jobs: number;
};

export type UserRow = {
  id: string;
  displayName: string;
  mail: string | null;
  issuer: string;
  roles: Role[];
  personId: string | null;
  personName: string | null;
  state: "active" | "disabled";
  createdAt: string;
  lastSeenAt: string | null;
};

export type InvitationRow = { id: string; mail: string | null; kind: string; roles: string[]; createdAt: string; expiresAt: string };

export type SignInRow = {
  id: string;
  method: string;
  amr: string | null;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
  address: string | null;
  userAgent: string | null;
  isCurrent: boolean;
};

export type ApiTokenRow = { id: string; label: string; createdAt: string; expiresAt: string; lastUsedAt: string | null };
