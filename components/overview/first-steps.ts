import type { Permission } from "#lib/authz/permissions.ts";

/** What the demo holds for whoever looks; null where there is none, so that no step leads nowhere. */
export type Findings = {
  /** A review that waits for them. */
  reviewId: string | null;
  /** A campaign under way, one whose decisions are closed, and one that was signed off. */
  campaignId: string | null;
  closingId: string | null;
  signedOffId: string | null;
  /** A campaign in which a second look waits for them. */
  lookId: string | null;
  /** Removals in steps that were stopped. */
  stoppedBatchId: string | null;
  /** Of the first source: one whose run is held, and one that can be read. */
  heldRun: { sourceId: string; runId: string } | null;
  sourceId: string | null;
  leaverId: string | null;
  /** Removals that wait for approval. */
  removals: number;
};

export type Step = { href: string; link: string; words: string };
/** `name` is what a browser remembers when it was put away. */
export type FirstMinute = { name: string; title: string; steps: Step[] };

type Script = { name: string; title: string; permission: Permission; steps: (found: Findings) => (Step | null)[] };

const step = (href: string | null, link: string, words: string): Step | null => (href === null ? null : { href, link, words });
const MOST_STEPS = 4;

/** The first whose permission somebody holds: what tells their work from that of others comes first. */
const SCRIPTS: readonly Script[] = [
  {
    name: "campaigns",
    title: "Try this: you run the review",
    permission: "campaign.manage",
    steps: ({ campaignId, closingId, signedOffId }) => [
      step(
        campaignId && `/campaigns/${campaignId}`,
        "See how far the review is",
        "Who has answered, who has not, and what silence would do.",
      ),
      step(
        closingId && `/campaigns/${closingId}`,
        "See why one cannot be signed off",
        "Somebody kept everything in seconds; a sample of it waits for a second look.",
      ),
      step(
        signedOffId && `/evidence?campaign=${signedOffId}`,
        "Take the evidence of a finished one",
        "One file that proves itself without Countersign.",
      ),
      step("/campaigns/new", "Plan the next one", "Choose a scope and watch how many items each reviewer would get."),
    ],
  },
  {
    name: "auditing",
    title: "Try this: you check that the control worked",
    permission: "evidence.read",
    steps: ({ signedOffId, campaignId }) => [
      step(
        signedOffId ? `/evidence?campaign=${signedOffId}` : "/evidence",
        "Take a pack and verify it",
        "Two commands, no network, no trust in us.",
      ),
      step("/audit", "Open any change in the log", "Who, when, how they signed in, and the proof that it was not rewritten."),
      step(
        (signedOffId ?? campaignId) && `/campaigns/${signedOffId ?? campaignId}/items`,
        "Walk one item",
        "From the population to the decision and the removal that two syncs proved.",
      ),
    ],
  },
  {
    name: "security",
    title: "Try this: you watch over all access",
    permission: "remediation.approve_any",
    steps: ({ leaverId, stoppedBatchId, heldRun, removals }) => [
      step(leaverId && `/people/${leaverId}`, "Open somebody who left", "They still hold live access: see what, and where."),
      step(
        stoppedBatchId && `/remediations/batches/${stoppedBatchId}`,
        "See removals that were stopped half way",
        "One had to be put back, so the rest was held. It can be begun again.",
      ),
      step(
        heldRun && `/sources/${heldRun.sourceId}/runs/${heldRun.runId}`,
        "Decide on a held run",
        "A source lost too much at once, so nothing was believed.",
      ),
      step(
        removals > 0 ? "/remediations?state=PLANNED" : null,
        "Approve a removal",
        "A reviewer revoked it; you look before anything is touched.",
      ),
      step("/identities/matching", "Say whose an identity is", "Names prove nothing, so Countersign only proposes."),
      step("/remediations", "Follow a removal to its proof", "It closes when two later syncs no longer find the access."),
    ],
  },
  {
    name: "exceptions",
    title: "Try this: you decide on exceptions",
    permission: "exception.approve_any",
    steps: () => [
      step("/exceptions?show=waiting", "Decide on a request", "Why it is asked, what stands in its place, and who may not approve it."),
      step(
        "/exceptions?show=expiring",
        "See what is about to end",
        "At its date the access comes back to its reviewer, whatever is pending.",
      ),
      step("/exceptions?show=all", "Read how one went", "Every request, approval, test and lapse, in the order in which they came."),
    ],
  },
  {
    name: "administration",
    title: "Try this: you decide who may do what here",
    permission: "user.manage",
    steps: () => [
      step("/administration/users", "See who holds which role", "Roles that must not meet in one person are refused in both orders."),
      step("/audit?type=user.", "Read what was changed about users", "Every change here is in the log, in its own words."),
      step("/sources", "Look at the sources", "Letting a held run through takes two people; you may be the second."),
    ],
  },
  {
    name: "platform",
    title: "Try this: you connect the sources",
    permission: "source.manage",
    steps: ({ heldRun, sourceId }) => [
      step(
        heldRun && `/sources/${heldRun.sourceId}/runs/${heldRun.runId}`,
        "Look into a held run",
        "What was declared, what was read, and why it was not believed.",
      ),
      step(sourceId && `/sources/${sourceId}`, "Sync a source now", "Watch it being read, then see exactly what changed."),
      step("/sources/new?kind=files", "Add one from a file", "Drop a CSV: columns are recognised and nothing is kept before you agree."),
    ],
  },
  {
    name: "reviewing",
    title: "Try this: you certify your people's access",
    permission: "item.decide",
    steps: ({ reviewId, lookId }) => [
      step(
        lookId && `/campaigns/${lookId}/second-look`,
        "Look again at what was kept in a hurry",
        "You see the facts that the first reviewer had, and not the answer.",
      ),
      step(
        reviewId && `/campaigns/${reviewId}/review`,
        "Decide your first item",
        "j and k move, y keeps, n revokes, the right arrow shows why. Nothing is preselected.",
      ),
      step("/reviews", "See what waits for you", "Every review that asks you, with its due date and how far you are."),
      step("/remediations", "See what became of a revoke", "It is done only when later syncs no longer find the access."),
    ],
  },
];

/** A few things to do in the first minute; null where the demo has nothing for them. */
export function firstMinute(permissions: readonly string[], found: Findings): FirstMinute | null {
  const script = SCRIPTS.find(({ permission }) => permissions.includes(permission));
  if (!script) return null;
  const steps = script.steps(found).filter((each) => each !== null);
  return steps.length === 0 ? null : { name: script.name, title: script.title, steps: steps.slice(0, MOST_STEPS) };
}
