const BASE = "/api/auth";

/** Signs a local user in; the code of what went wrong, or null. */
export function signInWithPassword(mail: string, password: string): Promise<string | null> {
  return submit("callback/password", { mail, password, callbackUrl: "/" }).then((url) =>
    new URL(url, location.origin).searchParams.get("error"),
  );
}

/** Where the identity provider signs the user in, who then comes back to `next`. */
export function providerAddress(next: string): Promise<string> {
  return submit("signin/oidc", { callbackUrl: new URL(next, location.origin).href });
}

async function submit(path: string, fields: Record<string, string>): Promise<string> {
  const { csrfToken } = (await (await fetch(`${BASE}/csrf`)).json()) as { csrfToken: string };
  const body = new URLSearchParams({ ...fields, csrfToken, json: "true" });
  const answer = (await (await fetch(`${BASE}/${path}`, { method: "POST", body })).json()) as { url?: string };
  return answer.url ?? "/sign-in?error=Unreachable";
}
