import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ATTRIBUTES,
  attributeKey,
  databasePrivilegeKey,
  identityKey,
  memberKey,
  OBJECT_KINDS,
  objectsKey,
  parseEntitlementKey,
  parseIdentityKey,
  schemaPrivilegeKey,
} from "./keys.ts";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => text.isWellFormed());
const privilege = fc.constantFrom("SELECT", "OWNER", "CREATE");

describe("external ids", () => {
  it("say what they were made from, whatever the names hold", () => {
    fc.assert(
      fc.property(name, name, privilege, fc.constantFrom(...OBJECT_KINDS), (database, schema, right, kind) => {
        expect(parseEntitlementKey(databasePrivilegeKey(database, right))).toEqual({ kind: "database", database, privilege: right });
        expect(parseEntitlementKey(schemaPrivilegeKey(database, schema, right))).toEqual({
          kind: "schema",
          database,
          schema,
          privilege: right,
        });
        expect(parseEntitlementKey(objectsKey(kind, database, schema, right))).toEqual({ kind, database, schema, privilege: right });
      }),
    );
    for (const attribute of ATTRIBUTES) expect(parseEntitlementKey(attributeKey(attribute))).toEqual({ kind: "attribute", attribute });
    expect(parseEntitlementKey(memberKey(4294967295))).toEqual({ kind: "member", oid: 4294967295 });
    expect(parseIdentityKey(identityKey(16384))).toBe(16384);
  });

  it.each([
    "",
    "member:",
    "member:x",
    "member:1:2",
    "member:1; DROP",
    "attribute:ROOT",
    "database:%:CONNECT",
    "database::CONNECT",
    "schema:only:USAGE",
    "tables:a/b:select",
    "tables:a/b/c:SELECT",
    "other:a/b:SELECT",
  ])("are refused when they are not ours: %j", (key) => {
    expect(parseEntitlementKey(key)).toBeNull();
  });

  it.each(["role:", "role:01", "role:-1", "role:1e3", "member:1", "role:1:2"])(
    "of identities are refused when they are not ours: %j",
    (key) => {
      expect(parseIdentityKey(key)).toBeNull();
    },
  );
});
