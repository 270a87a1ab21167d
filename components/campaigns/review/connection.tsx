import { useEffect, useRef } from "react";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import classes from "./review.module.css";

/** Whether answers reach the server. There before the connection goes, so that its going is heard, and its coming back too. */
export function Connection({ isOffline, waiting }: { isOffline: boolean; waiting: number }) {
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !isOffline) toastDone("Countersign can be reached again. What waited here is being sent.");
    was.current = isOffline;
  }, [isOffline]);
  return (
    <div role="status" className={isOffline ? classes.offline : undefined}>
      {isOffline &&
        `Countersign cannot be reached. ${counted(waiting, "answer")} ${waiting === 1 ? "waits" : "wait"} here until it can; you can go on.`}
    </div>
  );
}
