import { reader } from "#lib/db/transact.ts";
import { approveException } from "#lib/exceptions/commands/approve.ts";
import { as, confirmed } from "../cast.ts";
import { type Chapter, daysAgo } from "../story.ts";

type Asked = { exceptionId: string; revision: number; approvals: number };

async function askedFor(): Promise<Asked | null> {
  const [row] = await reader.rows<Asked>(
    `SELECT x.id AS "exceptionId", x.revision, (SELECT count(*)::int FROM exception_approvals a WHERE a.exception_id = x.id) AS approvals
     FROM exceptions x ORDER BY x.created_at LIMIT 1`,
  );
  return row ?? null;
}

/** The owner of the resource, then an approver of exceptions: neither asked for it, neither benefits. */
const APPROVERS = ["ingrid_vass", "ottilie_krantz"];

/** Asked for in the autumn review, approved by two, and about to run out. */
export const exception: Chapter = {
  title: "an exception, about to run out",
  isTold: async () => (await askedFor())?.approvals === APPROVERS.length,
  async tell(story) {
    for (const [place, login] of APPROVERS.entries()) {
      const asked = await askedFor();
      if (!asked) throw new Error("The demo's exception was not asked for.");
      if (asked.approvals > place) continue;
      const { exceptionId, revision } = asked;
      const ctx = await as(story, login, daysAgo(story, 19 - place, 11));
      await confirmed(ctx, { action: "exception.approve", input: { exceptionId, revision } }, approveException);
    }
  },
};
