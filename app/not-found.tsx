import Link from "next/link";
import { EmptyState } from "#components/ui/states.tsx";
import classes from "./standalone.module.css";

export default function NotFound() {
  return (
    <main className={classes.page}>
      <EmptyState
        isPage
        title="Nothing is here"
        why="There is no such page, or you may not see what it shows. Rows that are not open to you are answered the same way."
        action={<Link href="/">Go to the overview</Link>}
      />
    </main>
  );
}
