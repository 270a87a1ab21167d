import "server-only";

const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** What is asked of a second person, with the name of what it is about and where it hangs: approvals.ts, WaitingRequest, from requests q. */
export const REQUESTED = `q.id, q.action, q.subject_kind AS "subjectKind", q.subject_id AS "subjectId", r.source_id AS "sourceId",
  q.input ->> 'campaignId' AS "campaignId", coalesce(c.name, s.name, t.name, w.label, i.label) AS name, q.reason, u.display_name AS "requestedByName",
  ${instant("q.expires_at")} AS "expiresAt"`;

export const REQUESTS = `second_person_requests q LEFT JOIN app_users u ON u.id = q.requested_by
  LEFT JOIN campaigns c ON q.subject_kind = 'campaign' AND c.id::text = q.subject_id
  LEFT JOIN sync_runs r ON q.subject_kind = 'sync_run' AND r.id::text = q.subject_id LEFT JOIN sources s ON s.id = r.source_id
  LEFT JOIN sources t ON q.subject_kind = 'source' AND t.id::text = q.subject_id
  LEFT JOIN remediations w ON q.subject_kind = 'remediation' AND w.id::text = q.subject_id
  LEFT JOIN LATERAL (SELECT x.identity_name || ': ' || x.entitlement_name AS label FROM items x
    WHERE q.subject_kind = 'campaign_item' AND x.campaign_id = (q.input ->> 'campaignId')::uuid AND x.id = q.subject_id::uuid) i ON true`;
