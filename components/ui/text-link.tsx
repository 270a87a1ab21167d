import Link from "next/link";
import type { ReactNode } from "react";

/** A link in a list. It fetches nothing until it is followed: a screen of rows would otherwise ask the server for a screen of pages. */
export function TextLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} prefetch={false}>
      {children}
    </Link>
  );
}
