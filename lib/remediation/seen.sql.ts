import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { Asked, LiveCredential, LiveTrust, Seen, When } from "./met.ts";

type Told = { kind: string; at: string | null };
type Row = {
  id: string;
  about: Asked["about"];
  decidedAt: Date;
  identity: (Omit<NonNullable<Seen["identity"]>, "lastUsed"> & { lastUsed: Told }) | null;
  credentials: (Omit<LiveCredential, "created" | "expires" | "rotated"> & Record<"created" | "expires" | "rotated", Told>)[];
  trusts: LiveTrust[];
};

export type SeenOfTask = { id: string; about: Asked["about"]; decidedAt: Date; seen: Omit<Seen, "heldBy"> };

const told = (row: string, name: string) => `jsonb_build_object('kind', ${row}.${name}_kind, 'at', ${row}.${name}_at)`;
/** Made after the decision: as the source dates it, else as it was first seen. */
const IS_NEW = `coalesce(CASE WHEN k.created_kind = 'value' THEN k.created_at END, k.first_seen_at) > b.decided_at`;
const person = (id: string) => `(SELECT jsonb_build_object('id', p.id, 'name', p.name,
  'inOffice', p.status <> 'left' AND p.gone_at IS NULL AND coalesce(p.ended_on >= current_date, true)) FROM people p WHERE p.id = ${id})`;

/** What is live now of the identities of these tasks: themselves, what they sign in with, and who may become them. */
export async function readSeen(tx: Tx, remediationIds: readonly string[]): Promise<SeenOfTask[]> {
  if (remediationIds.length === 0) return [];
  const rows = await tx.rows<Row>(
    `SELECT r.id, b.about, b.decided_at AS "decidedAt",
       CASE WHEN n.id IS NOT NULL THEN jsonb_build_object('isGone', n.gone_at IS NOT NULL, 'status', n.status, 'lastUsed', ${told("n", "last_used")},
         'owner', ${person("n.owner_id")}, 'backupOwner', ${person("n.backup_owner_id")},
         'grants', (SELECT count(*) FROM grants g WHERE g.holder_id = n.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL)) END AS identity,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'name', k.external_id, 'kind', k.kind, 'isSubject', k.id = r.subject_id, 'isNew', ${IS_NEW},
           'created', ${told("k", "created")}, 'expires', ${told("k", "expires")}, 'rotated', ${told("k", "rotated")}) ORDER BY k.external_id COLLATE "C"), '[]')
         FROM credentials k WHERE k.identity_id = n.id AND k.gone_at IS NULL) AS credentials,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'issuer', t.issuer, 'subjectPattern', t.subject_pattern, 'isSubject', t.id = r.subject_id,
           'isNew', t.first_seen_at > b.decided_at) ORDER BY t.external_id COLLATE "C"), '[]')
         FROM trusts t WHERE t.identity_id = n.id AND t.gone_at IS NULL) AS trusts
     FROM remediations r
     LEFT JOIN decisions d ON d.id = r.decision_id
     CROSS JOIN LATERAL (SELECT coalesce(d.decided_at, r.created_at) AS decided_at, CASE WHEN r.subject_id IS NULL THEN 'grant'
       WHEN EXISTS (SELECT FROM credentials k WHERE k.id = r.subject_id) THEN 'credential'
       WHEN EXISTS (SELECT FROM trusts t WHERE t.id = r.subject_id) THEN 'trust' ELSE 'identity' END AS about) b
     LEFT JOIN identities n ON n.id = r.identity_id
     WHERE r.id = ANY ($1::uuid[])`,
    [remediationIds],
  );
  return rows.map(({ id, about, decidedAt, identity, credentials, trusts }) => ({
    id,
    about,
    decidedAt,
    seen: {
      identity: identity && { ...identity, lastUsed: when(identity.lastUsed) },
      credentials: credentials.map((each) => ({
        ...each,
        created: when(each.created),
        expires: when(each.expires),
        rotated: when(each.rotated),
      })),
      trusts,
    },
  }));
}

const when = ({ kind, at }: Told): When => ({ kind, at: at === null ? null : new Date(at) });
