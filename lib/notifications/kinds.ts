import { z } from "zod";
import type { About, NotificationRow, NotificationText, Urgency } from "./types.ts";
import { counted, whenText } from "./words.ts";

const count = z.int().nonnegative();
const name = z.string().max(300);
const text = z.string().max(4000);
const named = z.strictObject({ id: z.uuid().nullable(), name });
/** Of the campaign, for "by when"; UTC where there is none. */
const zone = z.string().max(60).default("UTC");
const path = z
  .string()
  .max(300)
  .regex(/^\/(?!\/)/, "A path of ours.");

type Told<Data> = { about: About; data: Data; by: string };
type Kind<Schema extends z.ZodType> = {
  data: Schema;
  urgency: Urgency;
  /** What is the matter, as the subject line; then what to do. `by` is " by Fri 12 Dec 2026, 17:00 CET", or empty. */
  title: (told: Told<z.output<Schema>>) => string;
  body: (told: Told<z.output<Schema>>) => string;
  /** The verb on the link. */
  action: string;
  path: (told: Told<z.output<Schema>>) => string;
  /** What a system is told once, by a notice of its own, under its own type of event and with the addresses where it answers. */
  forSystems?: { event: string; answers: (told: Told<z.output<Schema>>) => Readonly<Record<string, string>> };
};

const kind = <Schema extends z.ZodType>(definition: Kind<Schema>): Kind<Schema> => definition;
const review = ({ about }: Told<unknown>) => `/campaigns/${about.id}/review`;
const campaign = ({ about }: Told<unknown>) => `/campaigns/${about.id}`;
const exception = ({ about }: Told<unknown>) => `/exceptions/${about.id}`;
const task = ({ about }: Told<unknown>) =>
  about.kind === "campaign" ? `/remediations?campaignId=${about.id}` : `/remediations/${about.id}`;

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const ENDS = {
  expired: "has reached its end",
  suspended: "is suspended: the test of its control failed or is overdue",
  revoked: "was revoked",
} as const;
const ANSWERS = {
  approved: "was approved",
  rejected: "was rejected",
  changes_requested: "needs other terms",
  renewed: "was renewed",
  renewal_refused: "was not renewed",
} as const;
const CHANGES = {
  password_changed: "Your password was changed and your other sign-ins have ended.",
  token_created: "An API token was made for you: whoever holds it acts as you.",
  role_granted: "You were given another role.",
  role_ended: "A role of yours has ended.",
} as const;

/** Every kind of notification with what it holds and what it says. These describe stored rows: add, never change. */
export const KINDS = {
  items_waiting: kind({
    data: z.strictObject({ items: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `${counted(data.items, "item", " waits", " wait")} for your answer: ${about.label}`,
    body: ({ data, by }) =>
      `Decide on ${data.items === 1 ? "it" : "each"} and hand your answers in${by}. What needs thought stands first, with the facts on each row.`,
    action: "Open my review",
    path: review,
  }),
  reminder: kind({
    data: z.strictObject({ items: count, days: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) =>
      `${data.days === 0 ? "Due today" : `Due in ${counted(data.days, "day")}`}: ${counted(data.items, "open item")} in ${about.label}`,
    body: ({ by }) => `Answer what is open and hand it in${by}. What stays without an answer is settled by the silence rule of its risk.`,
    action: "Go on with my review",
    path: review,
  }),
  escalated: kind({
    data: z.strictObject({ items: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `${counted(data.items, "item", " was", " were")} handed up to you: ${about.label}`,
    body: ({ by }) => `Nobody before you answered in time. Decide and hand your answers in${by}.`,
    action: "Open my review",
    path: review,
  }),
  reassigned_to_you: kind({
    data: z.strictObject({ items: count, by: name.nullable().default(null), zone }),
    urgency: "prompt",
    title: ({ about, data }) => `${counted(data.items, "item", " is", " are")} yours to decide now: ${about.label}`,
    body: ({ data, by }) =>
      `${data.by ?? "Countersign"} passed ${data.items === 1 ? "it" : "them"} on to you. Decide and hand your answers in${by}.`,
    action: "Open my review",
    path: review,
  }),
  delegated_to_you: kind({
    data: z.strictObject({ from: name, until: z.iso.datetime().nullable().default(null), items: count.default(0), zone }),
    urgency: "prompt",
    title: ({ data }) => `You stand in for ${data.from} in reviews`,
    body: ({ data, by }) =>
      `What waits for ${data.from} comes to you${data.until ? ` until ${whenText(new Date(data.until), data.zone)}` : ""}${
        data.items > 0 ? `: ${counted(data.items, "item")} now. Hand your answers in${by}.` : "."
      }`,
    action: "Open my reviews",
    path: ({ about }) => (about.kind === "campaign" ? `/campaigns/${about.id}/review` : "/reviews"),
  }),
  reopened: kind({
    data: z.strictObject({ items: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `${counted(data.items, "item", " was", " were")} reopened for you: ${about.label}`,
    body: ({ by }) => `The owner of the campaign asks you to decide again. The reason stands on the item. Hand your answer in${by}.`,
    action: "Open my review",
    path: review,
  }),
  second_look: kind({
    data: z.strictObject({ items: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `A second look at ${counted(data.items, "item")}: ${about.label}`,
    body: ({ by }) => `A sample of what was decided is looked at once more before the sign-off. Decide on it${by}.`,
    action: "Open my review",
    path: ({ about }) => `/campaigns/${about.id}/second-look`,
  }),
  campaign_due: kind({
    data: z.strictObject({ open: count, days: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `${about.label} is due ${data.days === 0 ? "today" : `in ${counted(data.days, "day")}`}: ${data.open} open`,
    body: ({ data, by }) =>
      data.open === 0
        ? "Everything was handed in: close it and sign it off."
        : `Reviewers with open items were reminded. See who is behind, reassign or extend; the campaign is due${by}.`,
    action: "Open the campaign",
    path: campaign,
  }),
  campaign_stuck: kind({
    data: z.strictObject({ why: z.enum(["blocked", "no_reviewer"]), items: count.default(0), zone }),
    urgency: "prompt",
    title: ({ about, data }) =>
      data.why === "blocked" ? `${about.label} is blocked` : `Nobody may review ${counted(data.items, "item")}: ${about.label}`,
    body: ({ data }) =>
      data.why === "blocked"
        ? "A source is stale, partial or out of line. The page says which, and what to do."
        : "Name somebody who may: the campaign waits until you have.",
    action: "Open the campaign",
    path: campaign,
  }),
  micro_limited: kind({
    data: z.strictObject({ leftOut: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `${counted(data.leftOut, "grant")} left out of micro-campaigns: ${about.label}`,
    body: () =>
      "More happened at once than the rule may start. Subjects beyond its rate wait and start by themselves; grants beyond the size of one are left to a campaign of their own. The page says which.",
    action: "Open the micro-campaigns",
    path: () => "/campaigns/micro",
  }),
  approval_waiting: kind({
    data: z.strictObject({ by: name.nullable().default(null), zone }),
    urgency: "prompt",
    title: ({ about }) => `An exception waits for your approval: ${about.label}`,
    body: ({ data, by }) =>
      `${data.by ?? "Somebody"} asks to keep this access. Read the reason and the control, then approve, reject or ask for other terms${by}.`,
    action: "Open the exception",
    path: exception,
  }),
  exception_decided: kind({
    data: z.strictObject({ answer: z.enum(["approved", "rejected", "changes_requested", "renewed", "renewal_refused"]), zone }),
    urgency: "prompt",
    title: ({ about, data }) => `Your exception ${ANSWERS[data.answer]}: ${about.label}`,
    body: ({ data }) =>
      data.answer === "changes_requested"
        ? "Read what the approver asks for, change the terms and hand them in again."
        : "The page says by whom and why.",
    action: "Open the exception",
    path: exception,
  }),
  exception_expiring: kind({
    data: z.strictObject({ days: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `An exception ends in ${counted(data.days, "day")}: ${about.label}`,
    body: ({ by }) => `Ask for a renewal${by}, or let it end: what it covers is decided again then.`,
    action: "Open the exception",
    path: exception,
  }),
  exception_ended: kind({
    data: z.strictObject({ how: z.enum(["expired", "suspended", "revoked"]), zone }),
    urgency: "routine",
    title: ({ about, data }) => `An exception ${ENDS[data.how]}: ${about.label}`,
    body: () => "What it covered is open again, and its reviewer decides anew.",
    action: "Open the exception",
    path: exception,
  }),
  task_waiting: kind({
    data: z.strictObject({ tasks: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `${counted(data.tasks, "removal", " waits", " wait")} for somebody's hands: ${about.label}`,
    body: ({ by }) => `Take the access away in the source, then say what you did${by}. Later syncs prove it.`,
    action: "Open the work",
    path: task,
  }),
  remediation_task: kind({
    data: z.strictObject({
      decision: name,
      verb: name,
      todo: text,
      proof: text,
      risk: name,
      identity: named.extend({ class: name }),
      access: named,
      source: named.extend({ kind: name }),
      campaign: named,
      zone,
    }),
    urgency: "prompt",
    title: ({ about, data }) => `${data.verb}: ${about.label}`,
    body: ({ data, by }) =>
      `In ${data.source.name}: ${data.todo} Then say what you did${by}. What two later complete syncs have to show: ${lowerFirst(data.proof)}`,
    action: "Open the task",
    path: ({ about }) => `/remediations/${about.id}`,
    forSystems: {
      event: "remediation.task",
      answers: ({ about }) => ({
        ticket: `/api/v1/remediations/${about.id}/ticket`,
        claim: `/api/v1/remediations/${about.id}/claim`,
      }),
    },
  }),
  tasks_of_yours: kind({
    data: z.strictObject({ tasks: count, zone }),
    urgency: "routine",
    title: ({ about, data }) => `${counted(data.tasks, "change")} to what you answer for: ${about.label}`,
    body: ({ by }) =>
      `It was decided to change identities that you own. See what, and tell whoever does it what would break; the first is due${by || " soon"}.`,
    action: "See what changes",
    path: task,
  }),
  task_approval_waiting: kind({
    data: z.strictObject({ tasks: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `${counted(data.tasks, "removal", " waits", " wait")} for your approval: ${about.label}`,
    body: ({ by }) => `Its risk is high: somebody other than whoever decided lets it go ahead${by}.`,
    action: "Open the work",
    path: task,
  }),
  task_overdue: kind({
    data: z.strictObject({ tasks: count, zone }),
    urgency: "prompt",
    title: ({ about, data }) => `${counted(data.tasks, "removal", " is", " are")} overdue: ${about.label}`,
    body: () => "What was decided is not true in the source yet, and its time is over. Do it now, or say what stands in the way.",
    action: "Open the work",
    path: task,
  }),
  second_person_waiting: kind({
    data: z.strictObject({ action: name, by: name.nullable().default(null), path, zone }),
    urgency: "urgent",
    title: ({ about, data }) => `A second person is needed: ${data.action}, ${about.label}`,
    body: ({ data, by }) =>
      `${data.by ?? "Somebody"} asks for it. Read what is asked and why, and confirm it only if you agree; it lapses${by || " by itself"}.`,
    action: "Read what is asked",
    path: ({ data }) => data.path,
  }),
  account_changed: kind({
    data: z.strictObject({ change: z.enum(["password_changed", "token_created", "role_granted", "role_ended"]), zone }),
    urgency: "urgent",
    title: () => "Your Countersign account was changed",
    body: ({ data }) => `${CHANGES[data.change]} If this was not you or your administrator, end your sign-ins and tell security now.`,
    action: "Open my account",
    path: () => "/account",
  }),
  webhook_ended: kind({
    data: z.strictObject({ zone }),
    urgency: "prompt",
    title: ({ about }) => `A webhook was switched off: ${about.label}`,
    body: () => "Its server answered that it is gone for good. Name another address, or leave it off.",
    action: "Open the settings",
    path: () => "/administration/notifications",
  }),
} as const;

export type NotificationKind = keyof typeof KINDS;
export const NOTIFICATION_KINDS = Object.keys(KINDS) as NotificationKind[];
export type DataOf<K extends NotificationKind> = z.input<(typeof KINDS)[K]["data"]>;

export const isNotificationKind = (kind: string): kind is NotificationKind => kind in KINDS;
export const urgencyOf = (kind: string): Urgency => (isNotificationKind(kind) ? KINDS[kind].urgency : "routine");

/** Kinds that systems are told of by a notice of their own: what people are told of the same calls no webhook. */
export const FOR_SYSTEMS = NOTIFICATION_KINDS.filter((each) => "forSystems" in KINDS[each]);

/** A notification in words. One that this version no longer understands is shown by what it is about, never dropped. */
export function textOf(row: Pick<NotificationRow, "kind" | "about" | "data" | "dueAt">): NotificationText {
  const known = understood(row);
  if (!known)
    return {
      title: row.about.label,
      body: "Open Countersign to see what it is about.",
      action: "Open Countersign",
      path: "/notifications",
      urgency: "routine",
    };
  const { definition, told } = known;
  const { title, body, action, urgency } = definition;
  return { title: title(told), body: body(told), action, path: definition.path(told), urgency };
}

/** The type of event that a webhook is called with, and where its receiver answers, as paths of ours. */
export function eventOf(row: Pick<NotificationRow, "kind" | "about" | "data" | "dueAt">): {
  type: string;
  answers: Record<string, string>;
} {
  const known = understood(row);
  const forSystems = known?.definition.forSystems;
  return known && forSystems
    ? { type: forSystems.event, answers: forSystems.answers(known.told) }
    : { type: `notification.${row.kind}`, answers: {} };
}

function understood({ kind: name, about, data, dueAt }: Pick<NotificationRow, "kind" | "about" | "data" | "dueAt">) {
  const definition = isNotificationKind(name) ? (KINDS[name] as Kind<z.ZodType<{ zone: string }>>) : null;
  const parsed = definition?.data.safeParse(data);
  if (!definition || !parsed?.success) return null;
  const by = dueAt ? ` by ${whenText(new Date(dueAt), parsed.data.zone)}` : "";
  return { definition, told: { about, data: parsed.data, by } };
}
