import type { StreamRecord } from "#lib/inventory/streams.ts";
import { identityKey, passwordKey } from "./keys.ts";
import { listed, type Section } from "./sections.ts";
import { isPredefined, type Role, RULES, type Server } from "./server.ts";

export function identitySections(server: Server): Section[] {
  return [
    listed(
      0,
      server.roles,
      ({ oid }) => oid,
      (role, into) => {
        const rule = role.exclusion ?? (isPredefined(role) ? RULES.predefined : role.isIdentity ? null : RULES.group);
        if (rule) into.exclude(rule);
        else into.records.push(identityOf(role, server));
      },
    ),
  ];
}

export function credentialSections(server: Server): Section[] {
  return [
    listed(
      0,
      server.roles,
      ({ oid }) => oid,
      (role, into) => {
        const rule = role.exclusion ?? (isPredefined(role) ? RULES.predefined : role.can_login ? null : RULES.cannotSignIn);
        if (rule) into.exclude(rule);
        else into.records.push(passwordOf(role));
      },
    ),
  ];
}

function identityOf(role: Role, { settings }: Server): StreamRecord {
  return {
    external_id: identityKey(role.oid),
    name: role.name,
    login: role.name,
    mail: role.tags.mail ?? null,
    class: role.class,
    status: canSignIn(role) ? "active" : "disabled",
    person: role.tags.person ?? null,
    owner: role.owner,
    backup_owner: role.tags.backup_owner ?? null,
    purpose: role.purpose,
    origin: role.tags.origin ?? "unknown",
    environment: role.tags.environment ?? settings.environment,
    interactive: "unknown",
    created: "not_supported",
    last_used: "not_supported",
  };
}

/**
 * A password past its date does not switch a role off: certificates, LDAP and peer still let it in. A connection limit of 0 does,
 * for everyone but superusers, whom the server never counts.
 */
const canSignIn = (role: Role): boolean => role.can_login && (role.connection_limit !== 0 || role.is_superuser);

/** VALID UNTIL is all that the server tells a reader of a password. Whether one is set at all, how it is kept and when it was changed stays unknown. */
function passwordOf(role: Role): StreamRecord {
  return {
    external_id: passwordKey(role.oid),
    identity: identityKey(role.oid),
    kind: "password",
    issuer: null,
    created: "unknown",
    expires: role.valid_until,
    rotated: "unknown",
    rotation: "unknown",
    last_used: "not_supported",
    stored_in: null,
    fingerprint: null,
  };
}
