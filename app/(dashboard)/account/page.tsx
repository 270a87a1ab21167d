import { ApiTokens, SignIns } from "#components/auth/account-lists.tsx";
import classes from "#components/auth/auth.module.css";
import { NewTokenSection } from "#components/auth/new-token-section.tsx";
import { PasswordForm } from "#components/auth/password-form.tsx";
import { Delegations } from "#components/campaigns/delegation-form.tsx";
import { PreferenceForm } from "#components/notifications/preference-form.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { loadAccount } from "#lib/auth/loaders.ts";
import { roleText } from "#lib/auth/rules.ts";
import { loadDelegations } from "#lib/campaigns/loaders.ts";
import { loadMailPreference } from "#lib/notifications/loaders.ts";

export const metadata = { title: "My account" };

export default async function AccountPage() {
  const [account, told, delegations] = await Promise.all([loadAccount(), loadMailPreference(), loadDelegations()]);
  const { displayName, roles, method, signIns, tokens } = account;
  const held = roles.length > 0 ? roles.map(roleText).join(", ") : "no role yet: ask an administrator";
  return (
    <>
      <PageHeader title={displayName} summary={`Your roles: ${held}.`} />
      {delegations && (
        <Section title="Out of office">
          <Delegations delegations={delegations} />
        </Section>
      )}
      <Section title="Notifications">
        {!told.isMailOn && <p>No mail server is set here, so you are told in the app only. Your choice counts once there is one.</p>}
        <PreferenceForm chosen={told.preference} />
      </Section>
      <Section title="Sign-ins">
        <SignIns signIns={signIns} />
      </Section>
      <Section title="API tokens">
        <div className={classes.form}>
          <ApiTokens tokens={tokens} />
          <NewTokenSection />
        </div>
      </Section>
      {method === "password" && (
        <Section title="Password">
          <PasswordForm />
        </Section>
      )}
    </>
  );
}
