/**
 * Stands in for next/headers where there is no server: `vi.mock("next/headers", () => import("#lib/testing/next-headers.ts"))`. What the
 * request holds is set with `receive`; cookies that an action sets are in `sent`.
 */
let current = new Headers();
export const sent: { name: string; value: string }[] = [];

export function receive(given: Record<string, string>): void {
  current = new Headers(given);
  sent.length = 0;
}

export const headers = async (): Promise<Headers> => current;

export const cookies = async () => ({
  get: (name: string) => {
    const pair = (current.get("cookie") ?? "").split("; ").find((part) => part.startsWith(`${name}=`));
    return pair === undefined ? undefined : { name, value: pair.slice(name.length + 1) };
  },
  set: (cookie: { name: string; value: string }) => {
    sent.push(cookie);
  },
});
