import { spawnSync } from "node:child_process";
import path from "node:path";
import { stopCluster } from "#lib/db/embedded/cluster.ts";
import { holderOf } from "#lib/db/embedded/holder.ts";
import { dataFolder, openInstance, ROOT } from "./instance.ts";

/**
 * For whoever works on Countersign: the database of a data folder alone, without web and worker.
 * `up` starts and migrates it, leaves it running and prints the environment that programs on it need; `down` stops it.
 */
async function main(verb: string | undefined): Promise<void> {
  if (verb !== "up" && verb !== "down") throw new Error("Usage: node cli/database.ts up | down   (COUNTERSIGN_DATA_DIR says which)");
  const { cluster, env, ownerEnv } = await openInstance({ progress: (line) => console.error(line) });
  if (verb === "down") {
    if (holderOf(dataFolder()) !== null) throw new Error("npm start runs on this folder; stop that instead.");
    if (cluster) await stopCluster(cluster);
    return;
  }
  const migration = spawnSync(process.execPath, ["--conditions=react-server", path.join(ROOT, "prisma/migrate.ts")], {
    env: { ...process.env, ...env, ...ownerEnv },
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (migration.status !== 0) throw new Error("The migration failed.");
  for (const [name, value] of Object.entries({ ...env, ...ownerEnv })) console.log(`export ${name}='${value}'`);
}

const CONDITION = "--conditions=react-server"; // without it, what is for servers only cannot be imported
if (!process.execArgv.includes(CONDITION)) {
  const again = spawnSync(process.execPath, [CONDITION, import.meta.filename, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exit(again.status ?? 1);
}
try {
  await main(process.argv[2]);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
