import { type NextRequest, NextResponse } from "next/server";

/**
 * Per request the nonce of the content security policy, and one origin for everybody.
 * Whether someone may see or do something is decided in scopes and commands; with this file deleted that still holds.
 */
export function proxy(request: NextRequest): NextResponse {
  const elsewhere = misdirected(request);
  if (elsewhere) return elsewhere;

  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("x-path", pathOf(request));
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

/** Where whoever must sign in first wanted to go. What a client sent under this name is overwritten. */
function pathOf({ nextUrl }: NextRequest): string {
  const query = new URLSearchParams(nextUrl.search);
  query.delete("_rsc");
  return query.size > 0 ? `${nextUrl.pathname}?${query}` : nextUrl.pathname;
}

/** Cookies and passkeys belong to one origin, so another name for this server leads there; probes may use any name. */
function misdirected(request: NextRequest): NextResponse | null {
  const origin = process.env.APP_ORIGIN;
  if (!origin || request.nextUrl.pathname === "/healthz") return null;
  if (request.headers.get("host") === new URL(origin).host) return null;
  if (request.method !== "GET" && request.method !== "HEAD") return new NextResponse(null, { status: 421 });
  // After an action that redirects, Next reads the next page from its own listening address.
  if (request.headers.get("accept") === "text/x-component") return null;
  // Set part by part: a path that begins with two slashes would otherwise name a host.
  const there = new URL(origin);
  there.pathname = request.nextUrl.pathname;
  there.search = request.nextUrl.search;
  return NextResponse.redirect(there, 307);
}

/** Mantine sets style attributes, which cannot carry a nonce and cannot load anything either (img-src and default-src hold). */
function contentSecurityPolicy(nonce: string): string {
  const isDevelopment = process.env.NODE_ENV === "development";
  const issuer = process.env.OIDC_ISSUER;
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    // The overlay of the development server brings styles without a nonce.
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? " ws:" : ""}`,
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    // A form that ends in a redirect to the identity provider is held to this as well.
    `form-action 'self'${issuer ? ` ${new URL(issuer).origin}` : ""}`,
    "frame-ancestors 'none'",
  ].join("; ");
}

export const config = { matcher: ["/((?!api/|_next/static|_next/image|icon.svg).*)"] };
