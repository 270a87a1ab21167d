"use client";

import { useRouter } from "next/navigation";
import { NewApiToken } from "./account-lists.tsx";

/** The list is read anew once the token was put away, not before: reading it again would take the secret from the screen. */
export function NewTokenSection() {
  const router = useRouter();
  return <NewApiToken onMade={() => router.refresh()} />;
}
