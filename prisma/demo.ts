import { recordAudit } from "#lib/audit/record.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { type DemoSignIn, demoSignIns, signEveryoneOut } from "./demo/cast.ts";
import { CHAPTERS } from "./demo/chapters.ts";
import { asOperator, newStory } from "./demo/story.ts";

/**
 * Tells the demo's story where it is not told yet: six months of a company's access, by the product's own commands and a clock that runs
 * up to `now`. Each chapter looks first, so that a set-up that was interrupted goes on where it stopped. Answers with the sign-ins, or null
 * where there was nothing to do.
 */
export async function seedDemo(now: Date, progress: (line: string) => void): Promise<DemoSignIn[] | null> {
  const story = newStory(now, progress);
  const begun = performance.now();
  let told = 0;
  for (const chapter of CHAPTERS) {
    if (await chapter.isTold(story)) continue;
    if (told === 0) await markAsDemo(now);
    const since = performance.now();
    await chapter.tell(story);
    told += 1;
    progress(`Making the demo: ${chapter.title} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
  }
  if (told === 0) return null;
  await signEveryoneOut(story);
  progress(`The demo is made (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  return demoSignIns();
}

/** In the log itself, so that its packs say so wherever this database is served from. */
async function markAsDemo(now: Date): Promise<void> {
  const known = await reader.rows("SELECT FROM audit_events WHERE type = 'instance.created' LIMIT 1");
  if (known.length > 0) return;
  const ctx = asOperator(now);
  const subject = { kind: "instance", id: "demo", label: "demo" };
  await transactPg(ctx, (tx) => recordAudit(tx, ctx, { type: "instance.created", subject, data: { demo: true } }));
}
