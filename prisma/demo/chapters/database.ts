import { demoCorpSettings } from "#lib/connectors/postgres/demo-corp.ts";
import { reader } from "#lib/db/transact.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { importUntil } from "../calendar.ts";
import { as, confirmed, ENGINEER } from "../cast.ts";
import { runsOf, sourceNamed, syncSource } from "../exports.ts";
import { atLast, type Chapter, daysAgo, type Story } from "../story.ts";

export const DATABASE = "Demo corp database";

/** A real server, really read: what it says of itself is of today, whenever the story has it read. */
export const database: Chapter = {
  title: "a database, read for real",
  isTold: async () => (await runsOf(DATABASE)) > 0,
  async tell(story) {
    await importUntil(story, 10);
    const ctx = await as(story, ENGINEER, daysAgo(story, 10, 11));
    await syncSource(ctx, (await sourceNamed(DATABASE)) ?? (await addDatabase(story)), "by_hand");
  },
};

/** Read once more at the end, so that the board shows what is going on now. */
export const databaseAgain: Chapter = {
  title: "the database once more",
  async isTold() {
    const [row] = await reader.rows<{ runs: number }>(
      "SELECT count(*)::int AS runs FROM sync_runs r JOIN sources s ON s.id = r.source_id WHERE s.name = $1::text AND r.state = 'APPLIED'",
      [DATABASE],
    );
    return (row?.runs ?? 0) > 1;
  },
  async tell(story) {
    await syncSource(await as(story, ENGINEER, atLast()), (await sourceNamed(DATABASE)) ?? "", "by_hand");
  },
};

/** Its password is a secret of the source: whoever enters it confirms that it is them. */
async function addDatabase(story: Story): Promise<string> {
  const url = new URL(process.env.DEMO_CORP_URL ?? "postgres://");
  const input = {
    name: DATABASE,
    kind: "postgres",
    config: demoCorpSettings({ host: url.hostname, port: Number(url.port) }),
    secret: { password: decodeURIComponent(url.password) },
  };
  const ctx = await as(story, ENGINEER, daysAgo(story, 10, 10));
  return (await confirmed(ctx, { action: "source.add", input }, addSource)).sourceId;
}
