import { describe, expect, it } from "vitest";
import { postgresSettings } from "#lib/connectors/postgres/schema.ts";
import { draftOf, EMPTY_POSTGRES, settingsOf } from "./postgres-draft.ts";
import { readerScript } from "./postgres-script.ts";

describe("the form of a PostgreSQL source", () => {
  it("makes settings that the connector takes, from lines and commas alike", () => {
    const settings = postgresSettings.parse(
      settingsOf({
        ...EMPTY_POSTGRES,
        host: " db.example.org ",
        only: "payments\n crm , hr\n\n",
        classes: [{ pattern: " ", class: "service" }],
      }),
    );
    expect(settings).toMatchObject({ host: "db.example.org", port: 5432, tls: { mode: "verify-full" }, classes: [] });
    expect(settings.databases.only).toEqual(["payments", "crm", "hr"]);
  });

  it("goes there and back without losing what it does not show", () => {
    const saved = postgresSettings.parse({
      host: "db",
      user: "reader",
      writerUser: "writer",
      tls: { mode: "verify-full", ca: "-----BEGIN CERTIFICATE-----" },
      databases: { only: ["a"], except: ["b*"] },
      classes: [{ pattern: "svc_*", class: "service", owner: "mara@example.org", purpose: "Invoices" }],
      breakGlass: ["breakglass_*"],
      deadlineSeconds: 600,
    });
    expect(postgresSettings.parse(settingsOf(draftOf(saved), saved))).toEqual(saved);
  });

  it("a rule that is taken out is gone, and one whose class changed keeps its owner", () => {
    const saved = postgresSettings.parse({
      host: "db",
      user: "reader",
      classes: [
        { pattern: "a*", class: "service", owner: "mara" },
        { pattern: "b*", class: "app" },
      ],
    });
    const after = settingsOf({ ...draftOf(saved), classes: [{ pattern: "a*", class: "pipeline" }] }, saved);
    expect(after.classes).toEqual([{ pattern: "a*", class: "pipeline", owner: "mara" }]);
  });

  it("refuses a port that is none instead of taking the usual one", () => {
    expect(postgresSettings.safeParse(settingsOf({ ...EMPTY_POSTGRES, host: "db", port: "54x" })).success).toBe(false);
    expect(postgresSettings.safeParse(settingsOf({ ...EMPTY_POSTGRES, host: "db", port: "" })).success).toBe(false);
  });
});

describe("the script for the reader", () => {
  it("names the reader and each database that is meant by name, quoted where SQL needs it", () => {
    const script = readerScript('odd "one"', ["payments", "Data Lake", "crm_*"]);
    expect(script).toContain('CREATE ROLE "odd ""one""" LOGIN');
    expect(script).toContain('GRANT CONNECT ON DATABASE payments TO "odd ""one""";');
    expect(script).toContain('GRANT CONNECT ON DATABASE "Data Lake"');
    expect(script).not.toContain("crm_");
  });

  it("never holds a password", () => {
    expect(readerScript("reader", [])).not.toMatch(/PASSWORD '/);
  });
});
