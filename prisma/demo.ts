import { recordAudit } from "#lib/audit/record.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { signEveryoneOut } from "./demo/cast.ts";
import { CHAPTERS } from "./demo/chapters.ts";
import { publishAgain } from "./demo/exports.ts";
import { asOperator, newStory } from "./demo/story.ts";

/**
 * Tells the demo's story where it is not told yet: six months of a company's access, by the product's own commands and a clock that runs
 * up to `now`. Each chapter looks first, so that a set-up that was interrupted goes on where it stopped. Answers whether there was
 * anything to do. A demo that an earlier version made stays as it is.
 */
export async function seedDemo(now: Date, progress: (line: string) => void): Promise<boolean> {
  if (await isOfEarlierVersion()) return false;
  const story = newStory(now);
  const begun = performance.now();
  let told = 0;
  for (const chapter of CHAPTERS) {
    if (await chapter.isTold(story)) continue;
    if (told === 0) await begin(now);
    const since = performance.now();
    await chapter.tell(story);
    told += 1;
    progress(`Making the demo: ${chapter.title} (${secondsSince(since)} s)`);
  }
  if (told === 0) return false;
  await signEveryoneOut(story);
  progress(`The demo is made (${secondsSince(begun)} s)`);
  return true;
}

const secondsSince = (then: number): string => ((performance.now() - then) / 1000).toFixed(1);
const isMarked = async (): Promise<boolean> =>
  (await reader.rows("SELECT FROM audit_events WHERE type = 'instance.created' LIMIT 1")).length > 0;
const isOfEarlierVersion = async (): Promise<boolean> =>
  !(await isMarked()) && (await reader.rows("SELECT FROM campaigns LIMIT 1")).length > 0;

/** Marked as a demo in the log itself, so that its packs say so wherever this database is served from. */
async function begin(now: Date): Promise<void> {
  if (await isMarked()) return publishAgain(now);
  const ctx = asOperator(now);
  const subject = { kind: "instance", id: "demo", label: "demo" };
  await transactPg(ctx, (tx) => recordAudit(tx, ctx, { type: "instance.created", subject, data: { demo: true } }));
}
