import "server-only";

/**
 * How each access stood when somebody last decided it and that was signed off, in whichever campaign: identity_id, entitlement_id, digest. By who
 * holds what, since a grant that the source wrote anew is the same access; what silence or nobody decided was signed off by its owner, yet
 * looked at by nobody. `of` says which items i are asked about, by a column that an index leads to.
 */
export const lastSignOffs = (of: string) => `
  SELECT DISTINCT ON (i.identity_id, i.entitlement_id) i.identity_id, i.entitlement_id, i.entitlement_digest AS digest
  FROM items i JOIN campaigns c ON c.id = i.campaign_id AND c.signed_off_at IS NOT NULL
  WHERE ${of} AND i.kind = 'grant' AND i.state = 'FINAL' AND i.decision_id IS NOT NULL AND i.outcome <> 'UNANSWERED'
  ORDER BY i.identity_id, i.entitlement_id, c.signed_off_at DESC, c.id DESC`;
