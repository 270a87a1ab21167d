import {
  IconAlertTriangle,
  IconArchive,
  IconArrowBackUp,
  IconBan,
  IconCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconFlame,
  IconHandStop,
  IconLock,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconProgress,
  IconQuestionMark,
  IconShieldCheck,
  IconSignature,
} from "@tabler/icons-react";
import { Badge, type BadgeIcon } from "./badge.tsx";
import type { Tone } from "./tokens.ts";

type Shown = readonly [word: string, icon: BadgeIcon, tone: Tone];

/** Green is kept for what was verified, red for what can hurt now: access that should be gone and is not. */
const STATES: Readonly<Record<string, Shown>> = {
  // sync runs
  RUNNING: ["Running", IconProgress, "neutral"],
  APPLIED: ["Applied", IconCheck, "neutral"],
  HELD: ["Held", IconHandStop, "warning"],
  FAILED: ["Failed", IconAlertTriangle, "warning"],
  REJECTED: ["Rejected", IconCircleX, "neutral"],
  SUPERSEDED: ["Superseded", IconArrowBackUp, "neutral"],
  // sources, identities, users
  ACTIVE: ["Active", IconPlayerPlay, "neutral"],
  PAUSED: ["Paused", IconPlayerPause, "warning"],
  RETIRED: ["Retired", IconArchive, "neutral"],
  DISABLED: ["Disabled", IconBan, "neutral"],
  DELETED: ["Deleted", IconCircleX, "neutral"],
  INVITED: ["Invited", IconClock, "neutral"],
  LOCKED: ["Locked", IconLock, "warning"],
  // campaigns
  DRAFT: ["Draft", IconPencil, "neutral"],
  COLLECTING: ["Collecting", IconProgress, "neutral"],
  BLOCKED: ["Blocked", IconHandStop, "warning"],
  STAGED: ["Staged", IconCheck, "neutral"],
  NOT_APPLICABLE: ["Not applicable", IconBan, "neutral"],
  CLOSING: ["Closing", IconClock, "neutral"],
  SIGNED_OFF: ["Signed off", IconSignature, "neutral"],
  REMEDIATING: ["Remediating", IconProgress, "neutral"],
  VERIFYING: ["Verifying", IconProgress, "neutral"],
  CLOSED: ["Closed", IconLock, "neutral"],
  ARCHIVED: ["Archived", IconArchive, "neutral"],
  CANCELLED: ["Cancelled", IconBan, "neutral"],
  // items
  UNASSIGNED: ["No reviewer", IconAlertTriangle, "warning"],
  ASSIGNED: ["To decide", IconClock, "neutral"],
  DRAFTED: ["Drafted", IconPencil, "neutral"],
  SUBMITTED: ["Submitted", IconCheck, "neutral"],
  DECIDED: ["Decided", IconCheck, "neutral"],
  FINAL: ["Final", IconLock, "neutral"],
  VOIDED: ["Voided", IconBan, "neutral"],
  // remediation
  PLANNED: ["Planned", IconClock, "neutral"],
  APPROVED: ["Approved", IconCheck, "neutral"],
  QUEUED: ["Queued", IconClock, "neutral"],
  APPLIED_UNVERIFIED: ["Applied, not verified", IconCircleDashed, "warning"],
  ALREADY_GONE: ["Already gone, not verified", IconCircleDashed, "neutral"],
  VERIFIED: ["Verified", IconShieldCheck, "verified"],
  NOT_EFFECTIVE: ["Not effective", IconFlame, "danger"],
  NOT_SUPPORTED: ["Not supported", IconBan, "neutral"],
  MANUAL_REQUIRED: ["To do by hand", IconHandStop, "warning"],
  TICKETED: ["Ticketed", IconClock, "neutral"],
  CLAIMED_DONE: ["Claimed done, not verified", IconCircleDashed, "warning"],
  COVERED: ["Covered by an exception", IconLock, "neutral"],
  RESTORED: ["Restored", IconArrowBackUp, "warning"],
  // decisions
  KEEP: ["Keep", IconCheck, "neutral"],
  REVOKE: ["Revoke", IconBan, "neutral"],
  TIME_LIMIT: ["Limited in time", IconClock, "neutral"],
  MACHINE_ACTION: ["To be changed", IconPencil, "neutral"],
  ABSTAIN: ["Abstain", IconArrowBackUp, "neutral"],
  EXCEPTION_REQUESTED: ["Exception requested", IconClock, "neutral"],
  // exceptions
  IN_APPROVAL: ["In approval", IconClock, "neutral"],
  CHANGES_REQUESTED: ["Changes asked for", IconPencil, "warning"],
  WITHDRAWN: ["Taken back", IconArrowBackUp, "neutral"],
  EXPIRED: ["Expired", IconClock, "neutral"],
  SUSPENDED: ["Suspended", IconPlayerPause, "danger"],
  REVOKED: ["Revoked", IconBan, "neutral"],
  RESOLVED: ["Resolved", IconCheck, "neutral"],
  VOID: ["Void", IconBan, "neutral"],
  // streams
  COMPLETE: ["Complete", IconCheck, "neutral"],
  PARTIAL: ["Partial", IconAlertTriangle, "warning"],
  UNAVAILABLE: ["Unavailable", IconAlertTriangle, "warning"],
};

const UNKNOWN: Shown = ["Unknown", IconQuestionMark, "unknown"];

type StateBadgeProps = {
  /** As stored, in either case. What this list does not name is shown in its own words, what is not known as unknown. */
  state: string | null | undefined;
  /** Where the state weighs more or less than usual. */
  tone?: Tone;
  title?: string;
};

export function StateBadge({ state, tone, title }: StateBadgeProps) {
  const key = state?.toUpperCase();
  const [word, icon, usual] = !key || key === "UNKNOWN" ? UNKNOWN : (STATES[key] ?? [inWords(key), IconCircleDashed, "neutral"]);
  return (
    <Badge tone={tone ?? usual} icon={icon} {...(title ? { title } : {})}>
      {word}
    </Badge>
  );
}

function inWords(state: string): string {
  const words = state.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
