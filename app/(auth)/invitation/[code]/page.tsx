import classes from "#components/auth/auth.module.css";
import { InvitationForm } from "#components/auth/invitation-form.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { loadInvitation } from "#lib/auth/loaders.ts";
import { roleText } from "#lib/auth/rules.ts";

export const metadata = { title: "Invitation" };

export default async function InvitationPage({ params }: { params: Promise<{ code: string }> }) {
  const { code } = await params;
  const invitation = await loadInvitation(code);
  if (!invitation)
    return (
      <>
        <h1 className={classes.title}>This invitation is not valid</h1>
        <p className={classes.lead}>It was used already, withdrawn, or ran out. Ask whoever invited you for a new one.</p>
        <LinkButton href="/sign-in" variant="default">
          Sign in
        </LinkButton>
      </>
    );
  return (
    <>
      <h1 className={classes.title}>Welcome to Countersign</h1>
      <p className={classes.lead}>
        You were invited as {invitation.mail}
        {invitation.roles.length > 0 && <>, with the roles {invitation.roles.map(roleText).join(", ")}</>}. The invitation runs out{" "}
        <Moment at={invitation.expiresAt} show="due" />.
      </p>
      <InvitationForm code={code} mail={invitation.mail} />
    </>
  );
}
