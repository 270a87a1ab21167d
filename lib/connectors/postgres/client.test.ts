import { expect, it } from "vitest";
import { isForbiddenAddress } from "../addresses.ts";
import { SourceError } from "../contract.ts";
import { connect } from "./client.ts";
import { fits, postgresSettings, postgresWriterConfig } from "./schema.ts";

it.each([
  "169.254.169.254",
  "169.254.0.1",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "fe80::1",
  "fd00:ec2::254",
  "100.100.100.200",
  "0.0.0.0",
  "::",
  "224.0.0.1",
  "255.255.255.255",
  "ff02::1",
  "not an address",
])("refuses %s", (address) => {
  expect(isForbiddenAddress(address)).toBe(true);
});

it.each(["127.0.0.1", "::1", "10.0.0.5", "192.168.1.20", "8.8.8.8", "2001:db8::5", "fd12:3456::1"])("allows %s", (address) => {
  expect(isForbiddenAddress(address)).toBe(false);
});

it.each(["169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "::ffff:169.254.169.254"])(
  "does not connect to the metadata service written as %s",
  async (host) => {
    const settings = postgresSettings.parse({ host, user: "reader" });
    const attempt = connect(settings, { user: "reader", password: "never-shown" }, "postgres", AbortSignal.timeout(5000));
    await expect(attempt).rejects.toThrow(SourceError);
    await expect(attempt).rejects.toThrow(/link-local or metadata|not known here/);
  },
);

it.each<[string, readonly string[], boolean]>([
  ["payments", ["pay*"], true],
  ["payments", ["*"], true],
  ["payments", ["pay"], false],
  ["payments", [], false],
  ["a.b", ["a?b"], false],
  ["axb", ["a.b"], false],
  ["line\nbreak", ["line*break"], true],
  ["Payments", ["payments"], false],
])("fits %j to %j: %s", (name, patterns, expected) => {
  expect(fits(name, patterns)).toBe(expected);
});

it("asks for an encrypted connection to a server that proves who it is, unless told otherwise", () => {
  expect(postgresSettings.parse({ host: "db.example.org", user: "reader" }).tls).toEqual({ mode: "verify-full" });
});

it("refuses settings with a key that nobody knows, a socket path, and a writer that is the reader", () => {
  expect(postgresSettings.safeParse({ host: "db", user: "reader", password: "x" }).success).toBe(false);
  expect(postgresSettings.safeParse({ host: "/var/run/postgresql", user: "reader" }).success).toBe(false);
  expect(() => postgresWriterConfig({ host: "db", user: "reader", writerUser: "reader" }, { password: "x" })).toThrow(/another account/);
  expect(() => postgresWriterConfig({ host: "db", user: "reader" }, { password: "x" })).toThrow();
});
