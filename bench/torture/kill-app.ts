import { setTimeout as wait } from "node:timers/promises";
import type { Experiment } from "./experiment.ts";
import { checkLedger, replay } from "./ledger.ts";
import { activeReview, decideUntil, type Load } from "./reviewers.ts";
import { openStand } from "./stand.ts";

const AMOUNT = { short: { decisions: 400, kills: 3 }, long: { decisions: 100_000, kills: 20 } } as const;

/** kill -9 of the web server while sixteen reviewers answer: what was acknowledged is there once, and what was not can be sent again. */
export const killApp: Experiment = {
  name: "kill-app",
  promises: "P1 P4 P7",
  what: "kill -9 of the web server during decisions over HTTP",
  run: async ({ form, random, progress }) => {
    const { decisions, kills } = AMOUNT[form];
    const stand = await openStand({ progress });
    try {
      const review = await activeReview(stand, form);
      const web = await stand.web();
      const load: Load = { acknowledged: [], repeated: 0, wrong: [] };
      const decide = (until: number) => decideUntil({ urls: () => [web.url], review, load, random, until });
      for (let killed = 0; killed < kills; killed += 1) {
        const deciding = decide(Math.floor((decisions * (killed + 1)) / (kills + 1)));
        const at = load.acknowledged.length + random.below(Math.floor(decisions / (kills + 1) / 2)) + 1;
        while (load.acknowledged.length < at && load.wrong.length === 0) await wait(1);
        await web.kill();
        await web.start();
        progress(`kill ${killed + 1} of ${kills} after ${at} acknowledged`);
        await deciding;
      }
      await decide(decisions);
      const wrong = await replay(web.url, review, load);
      const { figures, broken } = await checkLedger(stand.admin, review, load);
      return { figures: { kills, ...figures }, broken: [...broken, ...wrong] };
    } finally {
      await stand.end();
    }
  },
};
