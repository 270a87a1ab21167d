import { config } from "zod";

/** Zod compiles its parsers where it may, and finds out by trying: our policy refuses, and browsers report each try as an attack. Import it first. */
config({ jitless: true });
