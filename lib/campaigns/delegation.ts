export type Delegation = { personId: string; toPersonId: string; startsAt: Date; endsAt: Date; revokedAt: Date | null };

/** From its start, up to but not at its end, unless taken back before. */
export const isInForce = ({ startsAt, endsAt, revokedAt }: Delegation, now: Date): boolean =>
  startsAt <= now && now < endsAt && (revokedAt === null || revokedAt > now);

export type DelegationRefusal = "same_person" | "ends_before_it_starts" | "is_over" | "too_long" | "overlaps";
export const MAX_DELEGATION_DAYS = 183;
const DAY_MS = 86_400_000;

/** Every reason to refuse it. Two at a time would leave open whose turn it is. */
export function delegationRefusals(asked: Delegation, others: readonly Delegation[], now: Date): DelegationRefusal[] {
  const refusals: DelegationRefusal[] = [];
  if (asked.personId === asked.toPersonId) refusals.push("same_person");
  if (asked.startsAt >= asked.endsAt) refusals.push("ends_before_it_starts");
  if (asked.endsAt <= now) refusals.push("is_over");
  if (asked.endsAt.getTime() - asked.startsAt.getTime() > MAX_DELEGATION_DAYS * DAY_MS) refusals.push("too_long");
  if (others.some((other) => other.revokedAt === null && other.startsAt < asked.endsAt && asked.startsAt < other.endsAt))
    refusals.push("overlaps");
  return refusals;
}
