import { describe, expect, it } from "vitest";
import { STREAM_NAMES, STREAMS } from "#lib/inventory/streams.ts";
import { csvFormat } from "./detect.ts";
import { fileMapping, mappingProblems } from "./mapping.ts";
import { previewFile } from "./preview.ts";
import { temporaryFiles } from "./sample-files.ts";
import { suggestMapping } from "./suggest.ts";
import { isPrivateColumn } from "./words.ts";

const files = temporaryFiles();
const suggest = (name: string, header: string, ...rows: string[]) =>
  suggestMapping({ name, format: csvFormat(","), columns: header.split(","), rows: rows.map((row) => row.split(",")) });

describe("our own layout maps itself", () => {
  it.each(STREAM_NAMES)("%s, all its columns", (stream) => {
    const columns = Object.keys(STREAMS[stream]);
    const { mapping } = suggest(`${stream}-2026.csv`, columns.join(","));
    expect(mapping).toMatchObject({
      excluded: [],
      targets: [{ stream, columns: Object.fromEntries(columns.map((column) => [column, { column }])) }],
    });
  });

  it("by the file's name where the header fits several streams", () => {
    expect(suggest("resources.csv", "external_id,name").mapping.targets).toMatchObject([{ stream: "resources" }]);
    expect(suggest("identities.csv", "external_id,name").mapping.targets).toMatchObject([{ stream: "identities" }]);
  });

  it("not where a required column is missing", () => {
    expect(suggest("credentials.csv", "external_id,kind").mapping.targets).toEqual([]);
  });
});

describe("other vocabularies", () => {
  it("SCIM users as JSON Lines: identities, entitlements and grants, with names and states translated", async () => {
    const user = {
      id: "2819c223",
      userName: "bjensen@example.com",
      name: { givenName: "Barbara", familyName: "Jensen" },
      emails: [{ value: "bjensen@example.com", primary: true }],
      active: false,
      groups: [{ value: "e9e30dba", display: "Tour Guides" }],
    };
    const { targets, problems } = await previewFile(files.write("users.jsonl", `${JSON.stringify(user)}\n`));
    expect(problems).toEqual([]);
    expect(targets.map(({ stream, records }) => [stream, records])).toEqual([
      [
        "identities",
        [
          {
            external_id: "2819c223",
            name: "Barbara Jensen",
            login: "bjensen@example.com",
            mail: "bjensen@example.com",
            class: "human",
            status: "disabled",
          },
        ],
      ],
      ["entitlements", [{ external_id: "e9e30dba", name: "e9e30dba" }]],
      ["grants", [{ holder_kind: "identity", holder: "2819c223", entitlement: "e9e30dba" }]],
    ]);
  });

  it("Baton's users, entitlements and grants", () => {
    const users = suggest(
      "users.csv",
      "name,display_name,email,status,last_login,type",
      "svc.1,Service 1,s@example.com,inactive,2026-01-02,service",
    );
    expect(users.mapping.targets).toMatchObject([
      {
        stream: "identities",
        columns: {
          external_id: { column: "name" },
          name: { column: "display_name" },
          class: { column: "type" },
          status: { column: "status" },
        },
      },
    ]);
    expect(suggest("entitlements.csv", "resource_name,entitlement,display_name,description").mapping.targets).toMatchObject([
      {
        stream: "entitlements",
        columns: { external_id: { template: "{resource_name}:{entitlement}" }, meaning: { column: "description" } },
      },
    ]);
    expect(suggest("grants.csv", "principal,entitlement_id").mapping.targets).toMatchObject([
      { stream: "grants", columns: { holder: { column: "principal" }, entitlement: { column: "entitlement_id" } } },
    ]);
  });

  it("an HR export: people with manager, employment and dates", () => {
    const { mapping } = suggest(
      "export.csv",
      "Employee ID,First Name,Last Name,Work Email,Job Title,Department,Manager ID,Worker Type,Hire Date",
      "1,A,B,a@x,T,D,2,Contractor,2020-01-01",
    );
    expect(mapping.targets).toMatchObject([
      {
        stream: "people",
        columns: {
          external_id: { column: "Employee ID" },
          name: { template: "{First Name} {Last Name}" },
          manager: { column: "Manager ID" },
          employment: { column: "Worker Type" },
          started_on: { column: "Hire Date" },
        },
      },
    ]);
  });

  it("groups as directory names are not taken apart at their commas", () => {
    const format = csvFormat(",");
    const cell = "cn=admins,ou=groups,dc=example|cn=ops,ou=groups,dc=example";
    const { mapping } = suggestMapping({ name: "ldap.csv", format, columns: ["uid", "memberOf"], rows: [["a", cell]] });
    expect(mapping.targets.map(({ split }) => split)).toEqual([
      undefined,
      { column: "memberOf", separator: "|" },
      { column: "memberOf", separator: "|" },
    ]);
    const single = suggestMapping({ name: "ldap.csv", format: csvFormat(";"), columns: ["uid", "memberOf"], rows: [["a", "cn=a,ou=b"]] });
    expect(single.mapping.targets[1]?.split?.separator).toBe("#");
  });

  it("words that are not known are not mapped, and the reason is given", () => {
    const { mapping, reasons } = suggest("accounts.csv", "login,status", "a,active", "b,zombie");
    expect(mapping.targets[0]?.columns).not.toHaveProperty("status");
    expect(reasons.join(" ")).toContain("status holds words that are not known");
  });
});

it.each(["password", "userPassword", "Passwd", "pwd", "client_secret", "ApiKey", "api-token", "NationalID", "SSN", "birthday", "pin_hash"])(
  "%s is left out unless somebody says otherwise",
  (name) => {
    expect(isPrivateColumn(name)).toBe(true);
    expect(suggest("accounts.csv", `login,${name}`).mapping.excluded).toEqual([name]);
  },
);

it.each(["login", "shipping", "department", "opinion", "classname", "hashtag_count", "description"])(
  "%s is not taken for private",
  (name) => {
    expect(isPrivateColumn(name)).toBe(false);
  },
);

it("every proposal is a mapping that can be saved and used", () => {
  for (const header of ["login,groups", "dn,cn,mail", "empno,fullname", "id,name,parent", "holder,entitlement,reason", "a,b"]) {
    const { mapping } = suggest("x.csv", header);
    expect(fileMapping.parse(JSON.parse(JSON.stringify(mapping)))).toEqual(mapping);
    expect(mappingProblems(mapping)).toEqual([]);
  }
});
