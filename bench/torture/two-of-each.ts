import { createServer, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "#lib/db/embedded/cluster.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { addFilesSource, operator, upload } from "../source.ts";
import type { Experiment } from "./experiment.ts";
import { checkLedger, replay } from "./ledger.ts";
import { activeReview, decideUntil, type Load } from "./reviewers.ts";
import { openStand, type Stand } from "./stand.ts";
import { cookieOf, makeUser } from "./token.ts";

const AMOUNT = { short: { decisions: 300, sources: 2 }, long: { decisions: 10_000, sources: 8 } } as const;

/** Two web and two worker processes on one database behind a balancer that alternates; one of each is killed in the middle. */
export const twoOfEach: Experiment = {
  name: "two-of-each",
  promises: "P1 P4 P5 P7",
  what: "two web and two worker processes behind a balancer, one of each killed under load",
  run: async ({ form, random, progress }) => {
    const { decisions, sources } = AMOUNT[form];
    const stand = await openStand({ progress });
    try {
      const review = await activeReview(stand, form);
      const balancer = await startBalancer();
      const webs = [await stand.web({ origin: balancer.url }), await stand.web({ origin: balancer.url })];
      const workers = [await stand.worker(), await stand.worker()];
      balancer.to(webs.map(({ url }) => url));
      const broken = await samePageFromBoth(balancer.url);
      const load: Load = { acknowledged: [], repeated: 0, wrong: [] };
      const decide = (until: number) => decideUntil({ urls: () => [balancer.url], review, load, random, until });
      await decide(Math.floor(decisions / 2));
      const runs = await startRuns(stand, sources);
      const deciding = decide(decisions);
      await webs[0]?.kill();
      await workers[0]?.kill();
      await deciding;
      broken.push(...(await runsOver(stand, runs)), ...(await replay(balancer.url, review, load)));
      const ledger = await checkLedger(stand.admin, review, load);
      balancer.close();
      return {
        figures: { ...ledger.figures, "runs applied": runs.length, "requests to each": balancer.sent.join("/") },
        broken: [...broken, ...ledger.broken],
      };
    } finally {
      await stand.end();
    }
  },
};

/** Passes each request to the next server in turn, as any balancer does that knows nothing of sign-ins. */
async function startBalancer() {
  const port = (await freePort(0)) ?? 0;
  let servers: readonly string[] = [];
  let next = 0;
  const sent = [0, 0];
  const server = createServer((incoming, outgoing) => {
    const at = next % servers.length;
    next += 1;
    sent[at] = (sent[at] ?? 0) + 1;
    const { method, headers, url } = incoming;
    const passed = request(`${servers[at]}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on("error", () => outgoing.destroy());
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${port}`,
    sent,
    to: (urls: readonly string[]) => {
      servers = urls;
    },
    close: () => server.closeAllConnections(),
  };
}

/** A sign-in made on one is good on the other, at once; ended, it is good on neither. */
async function samePageFromBoth(url: string): Promise<string[]> {
  const { name, value } = await cookieOf(await makeUser(["auditor"]));
  const ask = async () => (await fetch(`${url}/api/v1/jobs`, { headers: { cookie: `${name}=${value}` } })).status;
  const statuses = [await ask(), await ask(), await ask(), await ask()];
  return statuses.every((status) => status === 200) ? [] : [`a sign-in is answered ${statuses}`];
}

async function startRuns({ folder }: Stand, count: number): Promise<string[]> {
  const runs: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const sourceId = await addFilesSource(`Copy ${at}`);
    await upload(sourceId, `${folder}/data`);
    runs.push((await startSync(operator(), { sourceId })).runId);
  }
  return runs;
}

/** Each is applied, and applied once. A worker that died leaves its run to the other. */
async function runsOver({ admin }: Stand, runs: readonly string[]): Promise<string[]> {
  for (let waited = 0; waited < 1_200; waited += 1) {
    const { rows } = await admin.query<{ open: number; odd: number }>(
      `SELECT count(*) FILTER (WHERE state = 'RUNNING')::int AS open,
         count(*) FILTER (WHERE state <> 'RUNNING' AND (state <> 'APPLIED' OR
           (SELECT count(*) FROM audit_events e WHERE e.type = 'sync_run.applied' AND e.subject_id = r.id::text) <> 1))::int AS odd
       FROM sync_runs r WHERE id = ANY ($1::uuid[])`,
      [runs],
    );
    if (rows[0]?.open === 0) return rows[0].odd === 0 ? [] : [`${rows[0].odd} runs were not applied once`];
    await wait(100);
  }
  return ["a run was left by its worker and taken up by nobody within two minutes"];
}
