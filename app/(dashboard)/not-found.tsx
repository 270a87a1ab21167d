import Link from "next/link";
import { EmptyState } from "#components/ui/states.tsx";

export default function NotFound() {
  return (
    <EmptyState
      isPage
      title="Nothing is here"
      why="It does not exist, or you may not see it. If a colleague sent you the link, ask an administrator which role opens it."
      action={<Link href="/">Go to the overview</Link>}
    />
  );
}
