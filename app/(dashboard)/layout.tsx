import type { ReactNode } from "react";
import { AppFrame } from "#components/ui/frame/app-frame.tsx";
import { StepUpProvider } from "#components/ui/step-up.tsx";
import { confirmStepUpAction, signOutAction } from "#lib/auth/actions.ts";
import { loadViewer, requireCtx } from "#lib/auth/loaders.ts";
import { loadItemsWaiting } from "#lib/campaigns/loaders.ts";
import { loadExceptionInbox } from "#lib/exceptions/loaders.ts";
import { loadUnreadCount } from "#lib/notifications/loaders.ts";
import { loadFlags } from "./frame-flags.ts";

/** The frame shows what the viewer could use. It guards nothing: layouts do not run again on each navigation, scopes and commands do. */
export default async function DashboardLayout({ children }: { children: ReactNode }) {
  await requireCtx();
  const [viewer, items, exceptions, flags, unread] = await Promise.all([
    loadViewer(),
    loadItemsWaiting(),
    loadExceptionInbox(),
    loadFlags(),
    loadUnreadCount(),
  ]);
  if (!viewer) return children;
  return (
    <StepUpProvider confirmPassword={confirmStepUpAction} providerPath="/api/auth/step-up">
      <AppFrame viewer={{ ...viewer, items, exceptions, flags, unread }} signOut={signOutAction}>
        {children}
      </AppFrame>
    </StepUpProvider>
  );
}
