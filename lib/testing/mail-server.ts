import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export type ReceivedMail = { to: string[]; messageId: string; subject: string; raw: string };
/** What the server does with a message once it has all of it. `refuse` answers with that code; the rest is taken. */
export type OnMail = (mail: ReceivedMail) => Promise<{ refuse: number } | undefined> | { refuse: number } | undefined;

export type MailServer = {
  readonly port: number;
  readonly url: string;
  readonly received: ReceivedMail[];
  stop(): Promise<void>;
};

/** A real SMTP server on a port of its own (or on one given again, after it was down). */
export async function startMailServer(
  options: { port?: number; onMail?: OnMail; onRcptTo?: SMTPServerOptions["onRcptTo"] } = {},
): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    ...(options.onRcptTo ? { onRcptTo: options.onRcptTo } : {}),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", async () => {
        const raw = Buffer.concat(chunks).toString("utf8");
        const mail = {
          to: session.envelope.rcptTo.map(({ address }) => address),
          messageId: headerOf(raw, "Message-ID"),
          subject: headerOf(raw, "Subject"),
          raw,
        };
        const verdict = await options.onMail?.(mail);
        if (!verdict) {
          received.push(mail);
          done();
        } else done(Object.assign(new Error("not this one"), { responseCode: verdict.refuse }));
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    received,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Unfolded: long header lines continue after a line break and a blank. */
function headerOf(raw: string, name: string): string {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replaceAll(/\r\n[ \t]+/g, " ");
  return head.match(new RegExp(`^${name}: (.*)$`, "im"))?.[1]?.trim() ?? "";
}
