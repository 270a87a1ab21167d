/**
 * Who is told: a person (whoever signs in as them sees it), a user who need not be anybody in the inventory, or systems: nobody, but every
 * webhook of the kind.
 */
export type Recipient = { personId: string } | { userId: string } | typeof SYSTEMS;
export const SYSTEMS = "systems";
/** What it is about, softly: the page may be gone, the label stays. */
export type About = { kind: AboutKind; id: string; label: string };
export type AboutKind =
  | "campaign"
  | "campaign_item"
  | "exception"
  | "remediation"
  | "removal_batch"
  | "source"
  | "sync_run"
  | "user"
  | "instance";

/** How a user wants to be told by mail of what is not urgent. */
export const MAIL_PREFERENCES = ["at_once", "daily", "none"] as const;
export type MailPreference = (typeof MAIL_PREFERENCES)[number];

/**
 * urgent: security, mailed at once whatever the preference. prompt and routine wait to be collected, so that a morning's work is one mail;
 * routine ones tell what happened and ask for nothing.
 */
export type Urgency = "urgent" | "prompt" | "routine";

export type Channel = "mail" | "webhook";
/** SENDING that outlived its lease was cut off in mid-send: it is sent again under the same Message-ID. */
export type DeliveryState = "WAITING" | "SENDING" | "ACCEPTED" | "REFUSED" | "GAVE_UP" | "NOT_SENT";
/** Why nothing was sent: no server is configured, the user wants none, nobody knows an address, it was read in the app or settled before, the webhook ended. */
export type NotSentCause = "mail_off" | "preference" | "no_address" | "read_first" | "endpoint_ended";

/** A stored notification, as pages and mails show it. */
export type NotificationRow = {
  id: string;
  kind: string;
  to: { personId: string | null; userId: string | null };
  about: About;
  data: Record<string, unknown>;
  dueAt: string | null;
  createdAt: string;
  readAt: string | null;
};

/** The same in words: what to do, by when, and where. */
export type NotificationText = { title: string; body: string; action: string; path: string; urgency: Urgency };
export type InboxRow = NotificationText & Pick<NotificationRow, "id" | "createdAt" | "readAt" | "dueAt">;

/** Where mail goes out: off while no server is configured. `host` stands in Message-IDs, `zone` is that of the digest's hour. */
export type MailOffice = { isOn: boolean; host: string; zone: string };

export type EndpointRow = {
  id: string;
  name: string;
  url: string;
  kinds: string[];
  createdAt: string;
  /** Until then the secret before the last rotation signs too. */
  previousUntil: string | null;
  /** Of the last seven days. */
  accepted: number;
  waiting: number;
  failed: number;
  lastResponse: string | null;
};
/** Of the last seven days. */
export type MailState = {
  accepted: number;
  waiting: number;
  failed: number;
  withoutAddress: number;
  lastFailure: { response: string | null; at: string } | null;
};
