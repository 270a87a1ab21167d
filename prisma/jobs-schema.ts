import type pg from "pg";
import { PgBoss } from "pg-boss";
import { QUEUES } from "#lib/jobs/queues.ts";

const SCHEMA = "jobs";

/** pg-boss's own tables and our queues, made by the owner: the app may not create anything. Changes nothing the second time. */
export async function installJobs(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, schema: SCHEMA, max: 1, supervise: false, schedule: false, migrate: true });
  const failures: Error[] = [];
  boss.on("error", (error) => failures.push(error));
  await boss.start();
  try {
    for (const { name, ...options } of QUEUES) {
      await boss.createQueue(name, options);
      const { policy: _fixed, ...changeable } = options;
      if (Object.keys(changeable).length > 0) await boss.updateQueue(name, changeable);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
  if (failures[0]) throw failures[0];
}

/** The app sends, fetches and completes jobs; it makes no queues. */
export async function grantJobs(client: pg.ClientBase, app: string): Promise<void> {
  const role = client.escapeIdentifier(app);
  await client.query(`
    REVOKE ALL ON SCHEMA ${SCHEMA} FROM PUBLIC;
    GRANT USAGE ON SCHEMA ${SCHEMA} TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${role};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${SCHEMA} TO ${role};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${SCHEMA} TO ${role};
  `);
}
