import { textOf } from "./kinds.ts";
import type { NotificationRow, NotificationText } from "./types.ts";
import { counted } from "./words.ts";

export type MailText = { subject: string; text: string; html: string };

/** The same for every attempt: a receiver that keeps both sees one. `origin` is where our pages are. */
export function mailText(rows: readonly NotificationRow[], origin: string): MailText {
  const parts = rows.map(textOf).toSorted((a, b) => Number(b.urgency === "urgent") - Number(a.urgency === "urgent"));
  const [first] = parts;
  const subject =
    parts.length === 1 && first ? first.title : `${first?.title ?? "Countersign"}, and ${counted(parts.length - 1, "more thing")}`;
  return { subject: subject.replaceAll(/\s+/g, " ").slice(0, 200), text: plain(parts, origin), html: html(parts, origin) };
}

const WHY = "You get this because something in Countersign waits for you or is about you. How you are told:";

const plain = (parts: readonly NotificationText[], origin: string): string =>
  [
    ...parts.map(({ title, body, action, path }) => `${title}\n\n${body}\n\n${action}: ${origin}${path}`),
    `-- \n${WHY} ${origin}/account`,
  ].join("\n\n\n");

function html(parts: readonly NotificationText[], origin: string): string {
  const sections = parts.map(
    ({ title, body, action, path }) => `<section style="margin:0 0 32px">
<h1 style="font-size:18px;line-height:1.35;margin:0 0 8px">${escaped(title)}</h1>
<p style="margin:0 0 12px">${escaped(body)}</p>
<p style="margin:0"><a href="${escaped(origin + path)}">${escaped(action)}</a></p>
</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>
<body style="font:15px/1.5 system-ui,sans-serif;max-width:36rem;margin:24px auto;padding:0 16px">
${sections.join("\n")}
<p style="font-size:13px;border-top:1px solid #999;padding-top:12px;margin:0">${WHY} <a href="${escaped(`${origin}/account`)}">your account</a>.</p>
</body></html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
