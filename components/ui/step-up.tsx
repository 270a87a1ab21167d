"use client";

import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { ActionResult } from "#lib/actions/types.ts";

type StepUpVerifier = {
  /** Confirms with the password for exactly this action and binding. */
  confirmPassword: (input: { action: string; binding: string; password: string }) => Promise<ActionResult>;
  /** Where an OIDC user signs in once more, given `action`, `binding` and `returnTo`. */
  providerPath: string;
};

const StepUpContext = createContext<StepUpVerifier | null>(null);

/** The dashboard says once how confirming works, so that pages need not know. */
export function StepUpProvider({ children, confirmPassword, providerPath }: StepUpVerifier & { children: ReactNode }) {
  const verifier = useMemo(() => ({ confirmPassword, providerPath }), [confirmPassword, providerPath]);
  return <StepUpContext value={verifier}>{children}</StepUpContext>;
}

export function useStepUpVerifier(): StepUpVerifier {
  const verifier = useContext(StepUpContext);
  if (!verifier) throw new Error("The dialog that confirms stands outside StepUpProvider");
  return verifier;
}
