/** Content-Security-Policy is set per request in proxy.ts, since it carries a nonce. */
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
];

/** @type {import("next").NextConfig} */
const config = {
  // Several servers may run side by side on one work tree, each with a folder of its own.
  distDir: process.env.NEXT_DIST_DIR ?? ".next",
  // `npm test` checks types, once and for everything; whoever only starts the program need not wait for it.
  typescript: { ignoreBuildErrors: true },
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // They hold native binaries, WebAssembly or SQL files that a bundler would lose, or are large and seldom loaded.
  serverExternalPackages: [
    "@aws-sdk/client-iam",
    "@aws-sdk/client-sts",
    "@node-rs/argon2",
    "@prisma/adapter-pg",
    "@prisma/client",
    "@prisma/driver-adapter-utils",
    "@prisma/schema-engine-wasm",
    "pg",
    "pg-boss",
    "pg-copy-streams",
    "prisma",
  ],
  experimental: {
    optimizePackageImports: ["@mantine/core", "@mantine/hooks", "@mantine/spotlight", "@tabler/icons-react"],
  },
  async headers() {
    return [
      { source: "/:path*", headers: securityHeaders },
      // What a signed-in person sees is nobody else's, and not the next person's at this browser. Hashed assets keep their own header.
      { source: "/((?!_next/static|_next/image|icon.svg).*)", headers: [{ key: "Cache-Control", value: "no-store" }] },
    ];
  },
};

export default config;
