import { describe, expect, it } from "vitest";
import { DomainError } from "./domain-error.ts";
import { toDomainError } from "./http.ts";
import { type Outage, outageOf } from "./outage.ts";

const withCode = (code: string, message = "x") => Object.assign(new Error(message), { code });

describe("an error that says the database does not work", () => {
  it.each<[string, unknown, Outage]>([
    ["a server that shuts down", withCode("57P01"), "unreachable"],
    ["a server that still recovers", withCode("57P03"), "unreachable"],
    ["nobody listens", withCode("ECONNREFUSED", ""), "unreachable"],
    ["a connection that broke off", new Error("Connection terminated unexpectedly"), "unreachable"],
    ["a connection that broke before", new Error("Client has encountered a connection error and is not queryable"), "unreachable"],
    ["Prisma without a server", withCode("P1001"), "unreachable"],
    ["a driver's error in Prisma's", Object.assign(new Error("x"), { code: "P2010", meta: { code: "57P01" } }), "unreachable"],
    ["a driver's error as a cause", new Error("x", { cause: { originalCode: "08006" } }), "unreachable"],
    ["no space for the database", withCode("53100"), "full"],
    ["no space for a file", withCode("ENOSPC"), "full"],
    ["no connection left", withCode("53300"), "busy"],
  ])("%s", (_name, error, outage) => {
    expect(outageOf(error)).toBe(outage);
    expect(toDomainError(error, () => {})).toMatchObject({ code: "UNAVAILABLE", message: expect.not.stringContaining("terminated") });
  });

  it.each([
    ["a bug", new TypeError("x is not a function")],
    ["a constraint", withCode("23505")],
    ["nothing", null],
    ["text", "ECONNREFUSED"],
  ])("is not %s", (_name, error) => {
    expect(outageOf(error)).toBeNull();
    expect(toDomainError(error, () => {}).code).toBe("INTERNAL");
  });

  it("nor one of our own, whatever caused it", () => {
    const known = new DomainError("UPSTREAM", "The source does not answer.", { cause: withCode("ECONNREFUSED") });
    expect(toDomainError(known)).toBe(known);
  });
});

it("never says of a broken connection that nothing was changed: a commit may have been on its way", () => {
  expect(toDomainError(withCode("57P01"), () => {}).message).toMatch(/may or may not have been made/);
});
