import { AddWebhook } from "#components/notifications/add-webhook.tsx";
import classes from "#components/notifications/inbox.module.css";
import { TestMail, Webhooks } from "#components/notifications/webhooks.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadNotificationSettings } from "#lib/notifications/loaders.ts";
import type { MailState } from "#lib/notifications/types.ts";

export const metadata = { title: "Mail and webhooks" };

export default async function NotificationSettingsPage() {
  const settings = await loadNotificationSettings();
  if (!settings) return <DeniedState what="How people are told" roles={granteesOf("settings.manage")} />;
  const { endpoints, mail, isMailOn, from } = settings;
  return (
    <>
      <PageHeader
        parent={<TextLink href="/administration/users">Administration</TextLink>}
        title="Mail and webhooks"
        summary="How people are told what waits for them, besides the bell in the app."
      />
      <Section title="Mail">
        <div className={classes.form}>
          {isMailOn ? <MailOn from={from} mail={mail} /> : <MailOff />}
          {isMailOn && <TestMail />}
        </div>
      </Section>
      <Section title="Webhooks" aside={<AddWebhook />}>
        <Webhooks rows={endpoints} />
      </Section>
    </>
  );
}

function MailOff() {
  return (
    <p>
      Mail is off: people are told in the app only, and evidence says so as a gap. To switch it on, set <code>SMTP_URL</code> and{" "}
      <code>MAIL_FROM</code> in the environment of web and worker, and start again.
    </p>
  );
}

function MailOn({ from, mail }: { from: string | null; mail: MailState }) {
  return (
    <>
      <p>
        Mail is on, from {from}. In seven days {counted(mail.accepted, "mail")} taken by the server, {mail.waiting} waiting, {mail.failed}{" "}
        failed, {mail.withoutAddress} without an address.
      </p>
      {mail.lastFailure && (
        <p>
          Last refusal, <Moment at={mail.lastFailure.at} show="relative" />: {mail.lastFailure.response ?? "no answer"}.
        </p>
      )}
    </>
  );
}
