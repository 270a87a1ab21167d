/**
 * Every queue of pg-boss, made by the owner in the migrate step. Handlers run at least once: each is idempotent, keyed by its data.
 * `policy: "short"` keeps at most one queued job per singleton key.
 */
export const QUEUES = [
  { name: "source.sync", retryLimit: 3, retryDelay: 5, retryBackoff: true, expireInSeconds: 3600, policy: "standard" },
  { name: "inventory.published", retryLimit: 5, retryDelay: 2, retryBackoff: true, expireInSeconds: 900, policy: "standard" },
  { name: "campaign.stage", retryLimit: 2, retryDelay: 2, retryBackoff: true, expireInSeconds: 1800, policy: "standard" },
  { name: "exception.changed", retryLimit: 5, retryDelay: 2, retryBackoff: true, expireInSeconds: 900, policy: "standard" },
  { name: "remediation.plan", retryLimit: 5, retryDelay: 2, retryBackoff: true, expireInSeconds: 900, policy: "standard" },
  { name: "remediation.execute", retryLimit: 3, retryDelay: 5, retryBackoff: true, expireInSeconds: 300, policy: "standard" },
  { name: "remediation.restore", retryLimit: 3, retryDelay: 5, retryBackoff: true, expireInSeconds: 300, policy: "standard" },
  { name: "evidence.export", retryLimit: 2, retryDelay: 2, retryBackoff: true, expireInSeconds: 1800, policy: "standard" },
] as const;

export type QueueName = (typeof QUEUES)[number]["name"];
