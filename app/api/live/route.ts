import { defineRoute } from "#lib/actions/define-route.ts";
import { can, type Permission } from "#lib/authz/permissions.ts";
import { type Hint, listen } from "#lib/db/hints.ts";

/** Who may hear that something of a kind changed; a kind that is not here is heard by nobody. */
const HEARD_BY: Readonly<Record<string, Permission>> = { sessions: "session.read", inventory: "inventory.read" };
const BEAT_MS = 20_000;
/** A browser comes back by itself, and is asked anew who it is: a role or a sign-in that ended is not heard for longer. */
const LIFE_MS = 5 * 60_000;

/** Server-sent events: which kinds of things changed, so that pages read again. A stream a browser, not one a tab. */
export const GET = defineRoute({ name: "live.listen", method: "GET", permission: "self.manage" }, async (ctx, { request }) => {
  const mayHear = ({ kind }: Hint) => {
    const permission = HEARD_BY[kind];
    return kind === "all" || (permission !== undefined && can(ctx.actor, permission));
  };
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const text = new TextEncoder();
      const send = (line: string) => {
        try {
          controller.enqueue(text.encode(line));
        } catch {
          stop();
        }
      };
      const beat = setInterval(() => send(": still here\n\n"), BEAT_MS);
      const close = () => {
        stop();
        try {
          controller.close();
        } catch {
          // It is closed already: by the reader.
        }
      };
      const life = setTimeout(close, LIFE_MS);
      const leave = listen((hint) => mayHear(hint) && send(`data: ${hint.kind}\n\n`), close);
      stop = () => {
        clearInterval(beat);
        clearTimeout(life);
        leave();
      };
      request.signal.addEventListener("abort", close, { once: true });
      send("retry: 2000\n\n");
    },
    cancel: () => stop(),
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store, no-transform", "x-accel-buffering": "no" },
  });
});
