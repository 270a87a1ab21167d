import { ToneText } from "#components/ui/tone-text.tsx";

/** Nothing where it is known not to be privileged: what is usual needs no word. */
export function PrivilegeMark({ privileged }: { privileged: string }) {
  if (privileged === "yes") return <ToneText tone="warning">privileged</ToneText>;
  if (privileged === "unknown") return <ToneText tone="unknown">unknown whether privileged</ToneText>;
  return null;
}
