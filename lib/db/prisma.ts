import "server-only";
import { PrismaPg } from "@prisma/adapter-pg";
import { env } from "#lib/env.ts";
import { PrismaClient } from "./generated/client.ts";

export type { Prisma } from "./generated/client.ts";
export type PrismaTransaction = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];
/** What a query reads from: the client or a transaction. */
export type PrismaReader = PrismaTransaction;

const KEY = Symbol.for("countersign.prisma");

export function makePrisma(connectionString: string): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 8, application_name: "countersign" }) });
}

/** The process's client, on the app's role. */
export function prisma(): PrismaClient {
  const all = globalThis as unknown as Record<symbol, PrismaClient | undefined>;
  const found = all[KEY] ?? makePrisma(env().DATABASE_URL);
  all[KEY] = found;
  return found;
}

export async function closePrisma(): Promise<void> {
  const all = globalThis as unknown as Record<symbol, PrismaClient | undefined>;
  const found = all[KEY];
  all[KEY] = undefined;
  await found?.$disconnect();
}
