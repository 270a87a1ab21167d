"use client";

import { PageFailure } from "#components/ui/page-failure.tsx";

export default function DashboardError(props: { error: unknown; retry: () => void }) {
  return <PageFailure {...props} />;
}
