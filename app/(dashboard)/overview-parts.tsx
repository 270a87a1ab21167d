import { Approvals } from "#components/overview/approvals.tsx";
import { Campaigns } from "#components/overview/campaigns.tsx";
import { FirstMinuteBox } from "#components/overview/first-minute.tsx";
import { firstMinute } from "#components/overview/first-steps.ts";
import { PostureSection } from "#components/overview/posture.tsx";
import { Proof } from "#components/overview/proof.tsx";
import { Removals } from "#components/overview/removals.tsx";
import { Reviews } from "#components/overview/reviews.tsx";
import { Sources } from "#components/overview/sources.tsx";
import { WeekSection } from "#components/overview/week.tsx";
import { loadLogFreshness } from "#lib/audit/loaders.ts";
import { loadIsDemo, loadViewer } from "#lib/auth/loaders.ts";
import { loadCampaignsNow, loadLooksWaiting, loadWaitingReviews } from "#lib/campaigns/loaders.ts";
import { loadProof } from "#lib/evidence/loaders.ts";
import { loadWaitingExceptions } from "#lib/exceptions/loaders.ts";
import { loadSources } from "#lib/ingest/loaders.ts";
import { loadPosture, loadWeek } from "#lib/inventory/loaders.ts";
import { loadApprovals, loadRemovals, loadStoppedBatch } from "#lib/remediation/loaders.ts";
import { loadSessionTotals } from "#lib/sessions/loaders.ts";

export async function ReviewsPart() {
  const [reviews, looks] = await Promise.all([loadWaitingReviews(), loadLooksWaiting()]);
  return Array.isArray(reviews) ? <Reviews reviews={reviews} looks={looks} /> : null;
}

export async function ApprovalsPart() {
  const [approvals, exceptions] = await Promise.all([loadApprovals(), loadWaitingExceptions()]);
  const { requests = [], removals = 0 } = approvals ?? {};
  return <Approvals requests={requests} removals={removals} exceptions={exceptions ?? { approvals: 0, expiring: 0 }} />;
}

export async function PosturePart() {
  const [posture, sources, sessions] = await Promise.all([loadPosture(), loadSources(), loadSessionTotals()]);
  return (
    posture && (
      <PostureSection posture={posture} sessions={sessions} held={sources?.rows.filter(({ health }) => health === "held").length ?? null} />
    )
  );
}

export async function WeekPart() {
  const week = await loadWeek();
  return week && <WeekSection week={week} />;
}

export async function CampaignsPart() {
  const campaigns = await loadCampaignsNow();
  return campaigns && <Campaigns {...campaigns} />;
}

export async function RemovalsPart() {
  const totals = await loadRemovals();
  return totals && <Removals totals={totals} />;
}

export async function ProofPart() {
  const [proof, log] = await Promise.all([loadProof(), loadLogFreshness()]);
  return proof && <Proof {...proof} log={log} />;
}

export async function SourcesPart() {
  const sources = await loadSources();
  return sources && <Sources rows={sources.rows} />;
}

/** In the demo only; what it leads to is looked up, so that no step leads nowhere. */
export async function FirstMinutePart() {
  const [isDemo, viewer] = await Promise.all([loadIsDemo(), loadViewer()]);
  if (!isDemo || !viewer) return null;
  const [reviews, looks, campaigns, sources, posture, removals, stopped] = await Promise.all([
    loadWaitingReviews(),
    loadLooksWaiting(),
    loadCampaignsNow(),
    loadSources(),
    loadPosture(),
    loadRemovals(),
    loadStoppedBatch(),
  ]);
  const { current = [], over = [] } = campaigns ?? {};
  const held = sources?.rows.find(({ health }) => health === "held");
  const readable = sources?.rows.find(({ state, kind }) => state === "active" && kind !== "files");
  const minute = firstMinute(viewer.permissions, {
    reviewId: Array.isArray(reviews) ? (reviews[0]?.campaignId ?? null) : null,
    campaignId: current.find(({ state }) => state === "ACTIVE")?.id ?? null,
    closingId: current.find(({ state }) => state === "CLOSING")?.id ?? null,
    signedOffId: [...over, ...current].find(({ signedOffAt }) => signedOffAt !== null)?.id ?? null,
    lookId: looks[0]?.campaignId ?? null,
    stoppedBatchId: stopped?.id ?? null,
    heldRun: held?.lastRun ? { sourceId: held.id, runId: held.lastRun.id } : null,
    sourceId: readable?.id ?? null,
    leaverId: posture?.leavers.rows[0]?.personId ?? null,
    removals: removals?.waitingForApproval ?? 0,
  });
  return minute && <FirstMinuteBox minute={minute} />;
}
