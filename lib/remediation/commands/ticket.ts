import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { requireNone } from "../refusals.sql.ts";
import { loadTask, moveTask, noteTask, type Task, taskSubject, whoOf } from "../remediation.sql.ts";
import { claimRefusals } from "../rules.ts";
import { type TicketRemediationInput, ticketRemediationInput } from "../schema.ts";
import type { RemediationState, Ticket } from "../types.ts";

export type Ticketed = { state: RemediationState; ticket: Ticket };

/**
 * Somebody has the task in hand elsewhere, under this reference. Told again, also after the task went on, it changes nothing; another reference
 * takes the first one's place while nobody claims that it is done.
 */
export async function ticketRemediation(ctx: Ctx, input: TicketRemediationInput): Promise<Ticketed> {
  authorize(ctx.actor, "remediation.claim");
  const { remediationId, ...ticket } = ticketRemediationInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const task = await loadTask(tx, remediationId, { lock: true });
    if (isKnown(task, ticket)) return { state: task.state, ticket };
    await requireNone(ctx, "remediation.ticket", task, claimRefusals(task, whoOf(ctx.actor)));
    const set = { sql: "ticket_reference = $4::text, ticket_link = $5::text", values: [ticket.reference, ticket.link] };
    if (task.state === "TICKETED") {
      await tx.rows(`UPDATE remediations SET ticket_reference = $2::text, ticket_link = $3::text WHERE id = $1::uuid`, [
        remediationId,
        ...set.values,
      ]);
      await noteTask(tx, ctx, task, "ticket_changed", ticket);
    } else await moveTask(tx, ctx, task, { to: "TICKETED", detail: ticket, set });
    const ticketDigest = createHash("sha256")
      .update(`${ticket.reference}\n${ticket.link ?? ""}`, "utf8")
      .digest("hex");
    await recordAudit(tx, ctx, {
      type: "remediation.ticketed",
      subject: taskSubject(task),
      data: { campaignId: task.campaignId, ticketDigest },
      personal: { ...ticket },
    });
    return { state: "TICKETED", ticket };
  });
}

/** A task that came back to people has its old ticket still, and is ticketed anew by the same. */
const isKnown = ({ state, ticket: known }: Task, { reference, link }: Ticket): boolean =>
  state !== "MANUAL_REQUIRED" && known?.reference === reference && known.link === link;
