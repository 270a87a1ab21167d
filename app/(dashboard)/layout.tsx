import type { ReactNode } from "react";
import { AppFrame, type Viewer } from "#components/ui/frame/app-frame.tsx";
import { PERMISSIONS } from "#lib/authz/permissions.ts";

/** TEMPORARY, until loadViewer of lib/auth/loaders.ts is there: everybody sees the whole navigation. Pages decide by their scopes either way. */
async function temporaryViewer(): Promise<Viewer> {
  return { userId: "", displayName: "Not signed in", roles: [], permissions: PERMISSIONS, openItems: 0, jobs: 0 };
}

async function temporarySignOut(): Promise<void> {
  "use server";
}

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  return (
    <AppFrame viewer={await temporaryViewer()} signOut={temporarySignOut}>
      {children}
    </AppFrame>
  );
}
