import "server-only";
import { type PackTable, plain, text } from "./tables.sql.ts";

/* Identities that are not people's own, as the sources told of them at the freeze. Instants stand as the history keeps them, in ISO 8601. */

const told = (name: string): string => `m.facts ->> '${name}'`;
/** A date that may be a word. */
const moment = (name: string) => plain(name, `coalesce(m.facts ->> '${name}_at', m.facts ->> '${name}_kind')`);

export const machines: PackTable = {
  name: "machines",
  holds: "one identity under review that is no person's own: whose it is, what it is for, and whether people can sign in with it",
  columns: [
    plain("identity_key", "m.id"),
    text("source", "s.name"),
    text("identity_id", "m.external_id"),
    text("name", told("name")),
    plain("class", told("class")),
    plain("status", told("status")),
    text("owner", told("owner")),
    text("backup_owner", told("backup_owner")),
    text("purpose", told("purpose")),
    plain("origin", told("origin")),
    plain("environment", told("environment")),
    plain("interactive", told("interactive")),
    moment("created"),
    plain("credentials", "(SELECT count(*) FROM pack_credentials c WHERE c.identity_id = m.id)"),
    plain("trusts", "(SELECT count(*) FROM pack_trusts t WHERE t.identity_id = m.id)"),
  ],
  from: () => "FROM pack_machines m JOIN pack_sources s ON s.id = m.source_id",
  orderBy: "m.id",
};

export const credentials: PackTable = {
  name: "credentials",
  holds: "one credential of such an identity, with its ages; never the secret itself",
  columns: [
    plain("identity_key", "m.identity_id"),
    text("credential_id", "m.external_id"),
    plain("kind", told("kind")),
    text("issuer", told("issuer")),
    moment("created"),
    moment("rotated"),
    moment("expires"),
    plain("rotation", told("rotation")),
    text("stored_in", told("stored_in")),
  ],
  from: () => "FROM pack_credentials m",
  orderBy: "m.identity_id, m.id",
};

export const trusts: PackTable = {
  name: "trusts",
  holds: "one rule of who may assume such an identity from elsewhere",
  columns: [
    plain("identity_key", "m.identity_id"),
    text("trust_id", "m.external_id"),
    text("issuer", told("issuer")),
    text("subject_pattern", told("subject_pattern")),
    text("audience", told("audience")),
    text("conditions", told("conditions")),
  ],
  from: () => "FROM pack_trusts m",
  orderBy: "m.identity_id, m.id",
};
