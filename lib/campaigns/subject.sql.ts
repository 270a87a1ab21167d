import "server-only";

/** The run that no longer found the credential or the trust of an item i; null while it is there, and for an item that is neither. */
export const SUBJECT_GONE_RUN =
  "coalesce((SELECT k.gone_run_id FROM credentials k WHERE k.id = i.subject_id), (SELECT t.gone_run_id FROM trusts t WHERE t.id = i.subject_id))";

/** What the chain of an item i begins with; null for whatever is no chain. Neither is ever deleted. */
export const CHAIN_WAY =
  "CASE WHEN i.kind = 'chain' THEN CASE WHEN EXISTS (SELECT FROM trusts t WHERE t.id = i.subject_id) THEN 'trust' ELSE 'credential' END END";
