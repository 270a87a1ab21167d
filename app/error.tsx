"use client";

import { PageFailure } from "#components/ui/page-failure.tsx";
import classes from "./standalone.module.css";

export default function RouteError(props: { error: unknown; retry: () => void }) {
  return (
    <main className={classes.page}>
      <PageFailure {...props} />
    </main>
  );
}
