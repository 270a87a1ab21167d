import { CodeForm, ConfirmCliLogin } from "#components/auth/cli-login-form.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { loadCliLogin, type Search } from "#lib/auth/loaders.ts";

export const metadata = { title: "Confirm a command line" };

export default async function CliLoginPage({ searchParams }: { searchParams: Promise<Search> }) {
  const { code } = await searchParams;
  const typed = typeof code === "string" ? code.trim().toUpperCase() : "";
  const { login, label } = await loadCliLogin(typed);
  return (
    <>
      <PageHeader title="Confirm a command line" summary="countersign login asks for a token that acts as you." />
      {login ? (
        <ConfirmCliLogin code={typed} label={login.label} address={login.address} userLabel={label} />
      ) : (
        <CodeForm wasUnknown={typed !== ""} />
      )}
    </>
  );
}
