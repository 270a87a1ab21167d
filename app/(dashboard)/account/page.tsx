import { ApiTokens, SignIns } from "#components/auth/account-lists.tsx";
import classes from "#components/auth/auth.module.css";
import { NewTokenSection } from "#components/auth/new-token-section.tsx";
import { PasswordForm } from "#components/auth/password-form.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { loadAccount } from "#lib/auth/loaders.ts";
import { roleText } from "#lib/auth/rules.ts";

export const metadata = { title: "My account" };

export default async function AccountPage() {
  const { displayName, roles, method, signIns, tokens } = await loadAccount();
  const held = roles.length > 0 ? roles.map(roleText).join(", ") : "no role yet: ask an administrator";
  return (
    <>
      <PageHeader title={displayName} summary={`Your roles: ${held}.`} />
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
