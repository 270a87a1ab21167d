import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import type { Experiment } from "./experiment.ts";
import { checkLedger, replay } from "./ledger.ts";
import { checkLog } from "./log.ts";
import { activeReview, decideUntil, type Load } from "./reviewers.ts";
import { openStand, type Stand } from "./stand.ts";

const AMOUNT = { short: { decisions: 300, kills: 2 }, long: { decisions: 10_000, kills: 10 } } as const;
/** reliability.md: what max_wal_size is bounded for. */
const RESTART_MS = 15_000;

/** kill -9 of the postmaster and all its backends while sixteen reviewers answer and the worker seals; then start again, as the launcher does. */
export const killPostgres: Experiment = {
  name: "kill-postgres",
  promises: "P1 P3 P4 P7",
  what: "kill -9 of PostgreSQL, postmaster and backends, in an active campaign",
  run: async ({ form, random, progress }) => {
    const { decisions, kills } = AMOUNT[form];
    const stand = await openStand({ progress });
    try {
      const review = await activeReview(stand, form);
      const web = await stand.web();
      await stand.worker();
      const load: Load = { acknowledged: [], repeated: 0, wrong: [] };
      const decide = (until: number) => decideUntil({ urls: () => [web.url], review, load, random, until });
      let slowest = 0;
      for (let killed = 0; killed < kills; killed += 1) {
        const deciding = decide(Math.floor((decisions * (killed + 1)) / (kills + 1)));
        const at = load.acknowledged.length + random.below(Math.floor(decisions / (kills + 1) / 2)) + 1;
        while (load.acknowledged.length < at && load.wrong.length === 0) await wait(1);
        const backends = await killServer(stand);
        const ms = await stand.restartCluster();
        slowest = Math.max(slowest, ms);
        progress(`kill ${killed + 1} of ${kills} after ${at} acknowledged: ${backends} processes, up again after ${ms} ms`);
        await deciding;
      }
      await decide(decisions);
      const wrong = await replay(web.url, review, load);
      const admin = new pg.Client({ connectionString: stand.cluster().url("countersign_torture") });
      await admin.connect();
      const ledger = await checkLedger(admin, review, load);
      const log = await checkLog(admin);
      await admin.end();
      const slow = slowest > RESTART_MS ? [`the server took ${slowest} ms to come back`] : [];
      return {
        figures: { kills, ...ledger.figures, "slowest restart ms": slowest, ...log.figures },
        broken: [...ledger.broken, ...wrong, ...log.broken, ...slow],
      };
    } finally {
      await stand.end();
    }
  },
};

/** The postmaster first, so that it cannot start anything anew. Answers how many processes that was. */
async function killServer(stand: Stand): Promise<number> {
  const cluster = stand.cluster();
  const all = [cluster.pid, ...childrenOf(cluster.pid)];
  for (const pid of all) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it had ended
    }
  }
  await cluster.exited;
  return all.length;
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return (
          readFileSync(`/proc/${name}/stat`, "utf8")
            .replace(/^.*\) /s, "")
            .split(" ")[1] === String(parent)
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}
