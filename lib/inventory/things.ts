/** When something was, or why nobody can say. */
export type Told = { kind: string; at: string | null };

export type CredentialView = {
  id: string;
  externalId: string;
  kind: string;
  issuer: string | null;
  created: Told;
  expires: Told;
  rotated: Told;
  rotation: string;
  lastUsed: Told;
  storedIn: string | null;
};
export type FactorView = { id: string; kind: string; phishingResistant: string; enrolled: Told; lastUsed: Told };
export type TrustView = { id: string; issuer: string; subjectPattern: string | null; audience: string | null; conditions: string | null };
export type SessionView = {
  id: string;
  started: Told;
  lastActive: Told;
  address: string | null;
  client: string | null;
  authenticatedBy: string | null;
  elevatedBy: string | null;
  privileged: string;
};

export type Things = { credentials: CredentialView[]; factors: FactorView[]; trusts: TrustView[]; sessions: SessionView[] };

/** A row of the database as JSON, today's or a replayed one: columns by their names, a moment as two of them. */
type Kept = { id: string; record: Readonly<Record<string, unknown>> };

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const word = (value: unknown): string => text(value) ?? "unknown";

/** What has no history (last used) is unknown in a replayed row. */
function told(record: Kept["record"], name: string): Told {
  const at = text(record[`${name}_at`]);
  return { kind: word(record[`${name}_kind`]), at: at === null ? null : new Date(at).toISOString() };
}

export const credentialOf = ({ id, record }: Kept): CredentialView => ({
  id,
  externalId: word(record.external_id),
  kind: word(record.kind),
  issuer: text(record.issuer),
  created: told(record, "created"),
  expires: told(record, "expires"),
  rotated: told(record, "rotated"),
  rotation: word(record.rotation),
  lastUsed: told(record, "last_used"),
  storedIn: text(record.stored_in),
});

export const factorOf = ({ id, record }: Kept): FactorView => ({
  id,
  kind: word(record.kind),
  phishingResistant: word(record.phishing_resistant),
  enrolled: told(record, "enrolled"),
  lastUsed: told(record, "last_used"),
});

export const trustOf = ({ id, record }: Kept): TrustView => ({
  id,
  issuer: word(record.issuer),
  subjectPattern: text(record.subject_pattern),
  audience: text(record.audience),
  conditions: text(record.conditions),
});

export const sessionOf = ({ id, record }: Kept): SessionView => ({
  id,
  started: told(record, "started"),
  lastActive: told(record, "last_active"),
  address: text(record.address),
  client: text(record.client),
  authenticatedBy: text(record.authenticated_by),
  elevatedBy: text(record.elevated_by),
  privileged: word(record.privileged),
});
