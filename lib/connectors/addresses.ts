import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

const FORBIDDEN = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["192.0.0.192", 32],
  ["224.0.0.0", 3],
] as const) {
  FORBIDDEN.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128],
  ["fd20:ce::254", 128],
] as const) {
  FORBIDDEN.addSubnet(network, prefix, "ipv6");
}

/** True for addresses where no source lives: link-local, multicast, "this host", and the metadata services of clouds. */
export function isForbiddenAddress(address: string): boolean {
  const family = isIP(address);
  return family === 0 || FORBIDDEN.check(address, family === 6 ? "ipv6" : "ipv4");
}

export type Resolved = { kind: "address"; address: string } | { kind: "unknown" } | { kind: "forbidden" };

/**
 * The address to connect to, looked up once so that what was checked is what is connected to. One forbidden answer among several refuses them
 * all: the next connection might be given that one.
 */
export async function resolvePinned(hostname: string): Promise<Resolved> {
  const found = await lookup(hostname.replace(/^\[|\]$/g, ""), { all: true, verbatim: true }).catch(() => []);
  const [first] = found;
  if (!first) return { kind: "unknown" };
  return found.some(({ address }) => isForbiddenAddress(address)) ? { kind: "forbidden" } : { kind: "address", address: first.address };
}
