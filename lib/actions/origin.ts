/**
 * Why a request that changes something cannot be shown to come from our own pages, or null where it does. Browsers send Origin with every
 * such request, and no page can forge it; `null` is what sandboxed and redirected senders send, and is nobody. `mayBeNoBrowser`: a public
 * endpoint that programs call as well, without a cookie to abuse, so only a foreign mark refuses.
 */
export function originRefusal(headers: Headers, ownOrigin: string, mayBeNoBrowser = false): string | null {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (origin !== null && origin !== ownOrigin) return `it came from ${origin}, and this is ${ownOrigin}`;
  if (site !== null && site !== "same-origin") return `the browser marked it ${site}`;
  if (origin === null && site === null && !mayBeNoBrowser) return "it does not say which page it came from";
  return null;
}
