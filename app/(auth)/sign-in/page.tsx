import { redirect } from "next/navigation";
import classes from "#components/auth/auth.module.css";
import { SignInForm } from "#components/auth/sign-in-form.tsx";
import { noticeOf } from "#components/auth/sign-in-words.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { loadSignInChoices, loadViewer, type Search } from "#lib/auth/loaders.ts";
import { nextPath } from "#lib/auth/search-params.ts";

export const metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Search> }) {
  const { next, error } = await searchParams;
  const path = nextPath(next);
  if (await loadViewer()) redirect(path);
  const { providerName, demo, isNew } = await loadSignInChoices();
  return (
    <>
      <h1 className={classes.title}>Sign in</h1>
      {isNew && (
        <p className={classes.lead}>
          Nobody administers this instance yet. <TextLink href="/welcome">Set it up</TextLink> with the code on the console.
        </p>
      )}
      <SignInForm next={path} providerName={providerName} demo={demo} notice={noticeOf(typeof error === "string" ? error : null)} />
    </>
  );
}
