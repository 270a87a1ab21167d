/** One thing that wants the viewer's attention: how many, in words, and where they are. */
export type Flag = { count: number; words: string; href: string };

/** What is known of the viewer's own work; null is not open to them, or nothing that they could do anything about. */
export type Attention = {
  exceptions: { approvals: number; expiring: number } | null;
  removals: number | null;
  requests: number | null;
  heldRuns: readonly { sourceId: string; runId: string }[] | null;
  leavers: number | null;
};

/** What can hurt now first, then what waits for a yes. Items to decide are no flags: the navigation counts them. */
export function flagsOf({ exceptions, removals, requests, heldRuns, leavers }: Attention): Flag[] {
  const [run, ...otherRuns] = heldRuns ?? [];
  const flags: Flag[] = [
    {
      count: leavers ?? 0,
      words: leavers === 1 ? "person who left has live access" : "people who left have live access",
      href: "/posture?of=leavers",
    },
    {
      count: heldRuns?.length ?? 0,
      words: `${otherRuns.length === 0 ? "sync run is" : "sync runs are"} held until somebody decides`,
      href: run && otherRuns.length === 0 ? `/sources/${run.sourceId}/runs/${run.runId}` : "/sources",
    },
    { count: requests ?? 0, words: `${requests === 1 ? "request waits" : "requests wait"} for a second person`, href: "/#waiting" },
    {
      count: removals ?? 0,
      words: `${removals === 1 ? "removal waits" : "removals wait"} for an approval`,
      href: "/remediations?state=PLANNED",
    },
    {
      count: exceptions?.approvals ?? 0,
      words: `${exceptions?.approvals === 1 ? "exception waits" : "exceptions wait"} for your approval`,
      href: "/exceptions?show=waiting",
    },
    {
      count: exceptions?.expiring ?? 0,
      words: `${exceptions?.expiring === 1 ? "exception is" : "exceptions are"} about to end`,
      href: "/exceptions?show=expiring",
    },
  ];
  return flags.filter(({ count }) => count > 0);
}
