/** Our id for the one identity provider: part of its redirect address, /api/auth/callback/oidc. */
export const PROVIDER_ID = "oidc";

/** What we read of an identity provider's claims. */
export type ProviderClaims = {
  iss: string;
  sub: string;
  name?: string;
  preferred_username?: string;
  email?: string;
  amr?: readonly string[];
  auth_time?: number;
};

/** A user's identity is (issuer, subject); name and mail are for people to read. amr is kept as the provider said it, empty as nothing. */
export function personOf(claims: ProviderClaims) {
  const displayName = claims.name?.trim() || claims.preferred_username?.trim() || claims.email?.trim() || claims.sub;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    mail: claims.email?.trim().toLowerCase() || null,
    displayName: displayName.slice(0, 120),
    amr: claims.amr && claims.amr.length > 0 ? claims.amr.join(" ") : null,
  };
}
