/** @type {import("next").NextConfig} */
const config = {
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  serverExternalPackages: ["pg"],
};

export default config;
