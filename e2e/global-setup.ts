import { openInstance } from "../cli/instance.ts";
import { startProduct } from "./product.ts";

/**
 * Starts the product with its demo. What the fixtures need to act beside the browser (the database, the keys, the origin) is put into the
 * environment, which the workers inherit.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const { folder, origin, stop } = await startProduct();
  for (const name of ["DATABASE_URL", "DATABASE_OWNER_URL"]) delete process.env[name];
  process.env.COUNTERSIGN_DATA_DIR = folder;
  const instance = await openInstance({ progress: () => {} });
  Object.assign(process.env, instance.env, instance.ownerEnv, { APP_ORIGIN: origin, BASE_URL: origin });
  return stop;
}
