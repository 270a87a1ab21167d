import { randomUUID } from "node:crypto";
import { systemActor } from "#lib/authz/actor.ts";
import { sendDue } from "#lib/notifications/commands/send.ts";
import { smtpCarrier } from "#lib/notifications/smtp.ts";

/** A worker in a process of its own, which sends what is due until it is killed: `send-child.ts <url> <now> <from> <origin>`. */
const [url = "", now = "", from = "", origin = ""] = process.argv.slice(2);
const carrier = smtpCarrier({ url, from, origin });
const at = new Date(now);
await sendDue({ actor: systemActor("test"), now: at, requestId: randomUUID() }, carrier, { clock: () => at });
process.exit(0);
