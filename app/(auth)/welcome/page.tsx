import classes from "#components/auth/auth.module.css";
import { WelcomeForm } from "#components/auth/welcome-form.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { loadIsWithoutAdministrator, type Search } from "#lib/auth/loaders.ts";

export const metadata = { title: "Set up" };

export default async function WelcomePage({ searchParams }: { searchParams: Promise<Search> }) {
  const { code } = await searchParams;
  if (!(await loadIsWithoutAdministrator()))
    return (
      <>
        <h1 className={classes.title}>This instance is set up</h1>
        <p className={classes.lead}>It has an administrator, who can invite you.</p>
        <LinkButton href="/sign-in">Sign in</LinkButton>
      </>
    );
  return (
    <>
      <h1 className={classes.title}>Set up Countersign</h1>
      <p className={classes.lead}>
        The console printed a one-time code when Countersign started. With it you become the first administrator.
      </p>
      <WelcomeForm code={typeof code === "string" ? code : ""} />
    </>
  );
}
