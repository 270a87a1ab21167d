import type { ReactNode } from "react";
import classes from "#components/auth/auth.module.css";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className={classes.page}>
      <p className={classes.brand}>Countersign</p>
      <div className={classes.card}>{children}</div>
    </main>
  );
}
