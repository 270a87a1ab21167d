import { defineConfig } from "prisma/config";

/** For `prisma generate`, and for `prisma migrate deploy` where somebody prefers Prisma's own command. */
export default defineConfig({
  schema: "prisma",
  migrations: { path: "prisma/migrations" },
  ...(process.env.DATABASE_OWNER_URL ? { datasource: { url: process.env.DATABASE_OWNER_URL } } : {}),
});
