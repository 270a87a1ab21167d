import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import {
  type CorrectMatchInput,
  correctMatchInput,
  type ProposalInput,
  proposalInput,
  type UndoMatchInput,
  undoMatchInput,
} from "../schema.ts";

type Identity = { id: string; name: string; personId: string | null };

/** Says that a proposed person is the right one; other proposals for the identity are refused with it. */
export async function confirmMatch(ctx: Ctx, given: ProposalInput): Promise<void> {
  authorize(ctx.actor, "person.match");
  const { matchId } = proposalInput.parse(given);
  await transactPg(ctx, async (tx, inner) => {
    const { identity, personId } = await lockProposal(tx, matchId);
    if (identity.personId !== null) throw conflict("This identity has a person already. Undo that match first.");
    await decide(
      tx,
      ctx,
      "id <> $1::uuid AND identity_id = (SELECT identity_id FROM identity_person_matches WHERE id = $1::uuid) AND state = 'proposed'",
      matchId,
      "refused",
    );
    await decide(tx, ctx, "id = $1::uuid", matchId, "matched");
    await setPerson(tx, identity.id, personId);
    await recordAudit(tx, inner, { type: "identity.matched", subject: subjectOf(identity), data: { personId, method: "confirmed" } });
  });
}

/** Says that a proposed person is not the right one; it is not proposed again. */
export async function refuseMatch(ctx: Ctx, given: ProposalInput): Promise<void> {
  authorize(ctx.actor, "person.match");
  const { matchId } = proposalInput.parse(given);
  await transactPg(ctx, async (tx, inner) => {
    const { identity, personId } = await lockProposal(tx, matchId);
    await decide(tx, ctx, "id = $1::uuid", matchId, "refused");
    await recordAudit(tx, inner, { type: "identity.match_refused", subject: subjectOf(identity), data: { personId } });
  });
}

/** Names the person by hand, in place of whoever was matched. No later sync changes it. */
export async function correctMatch(ctx: Ctx, given: CorrectMatchInput): Promise<void> {
  authorize(ctx.actor, "person.match");
  const { identityId, personId, reason } = correctMatchInput.parse(given);
  await transactPg(ctx, async (tx, inner) => {
    const identity = await lockIdentity(tx, identityId);
    const [person] = await tx.rows("SELECT 1 FROM people WHERE id = $1::uuid AND gone_run_id IS NULL", [personId]);
    if (!person) throw notFound("Person", personId);
    if (identity.personId === personId) throw conflict("This is the person that the identity is matched to already.");
    await decide(tx, ctx, "identity_id = $1::uuid AND state = 'matched'", identityId, "undone");
    await decide(tx, ctx, "identity_id = $1::uuid AND state = 'proposed'", identityId, "refused");
    await tx.rows(
      `INSERT INTO identity_person_matches (identity_id, person_id, method, state, score, why, decided_by, decided_at, created_at)
       VALUES ($1::uuid, $2::uuid, 'by_hand', 'matched', 100, $3::text, $4::uuid, $5::timestamptz, $5::timestamptz)`,
      [identityId, personId, reason, userIdOf(ctx.actor), ctx.now.toISOString()],
    );
    await setPerson(tx, identityId, personId);
    await recordAudit(tx, inner, { type: "identity.matched", subject: subjectOf(identity), data: { personId, method: "by_hand" }, reason });
  });
}

/** Takes a match back: the identity is nobody's, and this person is not matched to it again by a sync. */
export async function undoMatch(ctx: Ctx, given: UndoMatchInput): Promise<void> {
  authorize(ctx.actor, "person.match");
  const { identityId, reason } = undoMatchInput.parse(given);
  await transactPg(ctx, async (tx, inner) => {
    const identity = await lockIdentity(tx, identityId);
    const { personId } = identity;
    if (personId === null) throw conflict("This identity has no person.");
    await decide(tx, ctx, "identity_id = $1::uuid AND state = 'matched'", identityId, "undone");
    await setPerson(tx, identityId, null);
    await recordAudit(tx, inner, { type: "identity.match_undone", subject: subjectOf(identity), data: { personId }, reason });
  });
}

const subjectOf = (identity: Identity) => ({ kind: "identity", id: identity.id, label: identity.name });

async function lockIdentity(tx: Tx, identityId: string): Promise<Identity> {
  const [row] = await tx.rows<Identity>('SELECT id, name, person_id AS "personId" FROM identities WHERE id = $1::uuid FOR NO KEY UPDATE', [
    identityId,
  ]);
  if (!row) throw notFound("Identity", identityId);
  return row;
}

async function lockProposal(tx: Tx, matchId: string): Promise<{ identity: Identity; personId: string }> {
  const [match] = await tx.rows<{ identityId: string }>(
    'SELECT identity_id AS "identityId" FROM identity_person_matches WHERE id = $1::uuid',
    [matchId],
  );
  if (!match) throw notFound("Match", matchId);
  const identity = await lockIdentity(tx, match.identityId);
  const [open] = await tx.rows<{ personId: string; state: string }>(
    'SELECT person_id AS "personId", state FROM identity_person_matches WHERE id = $1::uuid',
    [matchId],
  );
  if (open?.state !== "proposed") throw conflict("This proposal was decided already.");
  return { identity, personId: open.personId };
}

/** Only users may match (person.match is granted to roles alone), so a decision always has its `decided_by`, which keeps syncs off it. */
async function decide(tx: Tx, ctx: Ctx, where: string, id: string, state: "matched" | "refused" | "undone"): Promise<void> {
  await tx.rows(`UPDATE identity_person_matches SET state = $2::text, decided_by = $3::uuid, decided_at = $4::timestamptz WHERE ${where}`, [
    id,
    state,
    userIdOf(ctx.actor),
    ctx.now.toISOString(),
  ]);
}

const setPerson = (tx: Tx, identityId: string, personId: string | null) =>
  tx.rows("UPDATE identities SET person_id = $2::uuid WHERE id = $1::uuid", [identityId, personId]);
