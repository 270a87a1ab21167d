/**
 * Where a request came from: as many hops from the right of X-Forwarded-For as proxies of ours stand in front, since everything further left was
 * written by whoever called. instrumentation.ts appends the socket's own address, so that with no proxy the right end is true as well.
 */
export function addressOf(forwardedFor: string | null, trustedHops: number): string | undefined {
  const hops = (forwardedFor ?? "")
    .split(",")
    .map((hop) => hop.trim())
    .filter(Boolean);
  return hops.at(-1 - trustedHops)?.slice(0, 60) ?? hops[0]?.slice(0, 60);
}
