import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type Configuration } from "oidc-provider";

export type IdentityProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who sits at its sign-in page, and what they show. */
  person: { id: string; name: string; mail: string; amr: string[] };
  /** How often somebody had to sign in there. */
  signIns: number;
  /** When not null, what it then says instead of the truth: a provider that does not ask again. */
  authTime: number | null;
  close: () => Promise<void>;
};

/** A real OpenID provider on this machine. Its sign-in page answers itself with `person`; everything else is oidc-provider's own. */
export async function startIdentityProvider(redirectUris: string[]): Promise<IdentityProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const running: IdentityProvider = {
    issuer,
    clientId: "countersign",
    clientSecret: "a secret of the test's own provider",
    person: { id: "ada", name: "Ada Byron", mail: "ada@example.test", amr: ["pwd", "otp"] },
    signIns: 0,
    authTime: null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const provider = new Provider(issuer, configurationOf(running, redirectUris));
  const answer = provider.callback();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const isPage = request.url?.startsWith("/interaction/");
    if (isPage) void interact(provider, running, request, response);
    else void answer(request, response);
  });
  return running;
}

function configurationOf(running: IdentityProvider, redirectUris: string[]): Configuration {
  return {
    clients: [{ client_id: running.clientId, client_secret: running.clientSecret, redirect_uris: redirectUris }],
    cookies: { keys: ["only for tests"] },
    claims: { openid: ["sub", "amr"], profile: ["name"], email: ["email"] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: async (_ctx, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, name: running.person.name, email: running.person.mail }),
    }),
  };
}

async function interact(provider: Provider, running: IdentityProvider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const details = await provider.interactionDetails(request, response);
  if (details.prompt.name === "login") {
    running.signIns += 1;
    const { id, amr } = running.person;
    const ts = running.authTime ?? Math.floor(Date.now() / 1000);
    await provider.interactionFinished(request, response, { login: { accountId: id, amr, ts } }, { mergeWithLastSubmission: false });
    return;
  }
  const accountId = details.session?.accountId ?? running.person.id;
  const grant = new provider.Grant({ accountId, clientId: running.clientId });
  grant.addOIDCScope("openid profile email");
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}
