import { Fragment } from "react";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Step } from "#lib/inventory/effective-access.sql.ts";

/** From what is held to what is reached, each step leading to its page. */
export function Way({ path }: { path: readonly Step[] }) {
  const between = path.slice(0, -1);
  if (between.length === 0) return <>held directly</>;
  return (
    <>
      through{" "}
      {between.map(({ entitlementId, name }, at) => (
        <Fragment key={entitlementId}>
          {at > 0 && " → "}
          <TextLink href={`/entitlements/${entitlementId}`}>{name}</TextLink>
        </Fragment>
      ))}
    </>
  );
}
