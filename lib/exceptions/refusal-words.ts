import type { RiskClass } from "#lib/policy/risk.ts";
import { type ApprovalRefusal, CAP_DAYS, type TermsRefusal } from "./rules.ts";

/** Which field a refused term is, with its sentence. */
export function termsProblem(refusal: TermsRefusal, riskClass: RiskClass): { field: string; text: string } {
  switch (refusal) {
    case "starts_in_the_past":
      return { field: "startsAt", text: "It cannot start in the past." };
    case "expires_too_soon":
      return { field: "expiresAt", text: "It has to end after it starts, and later than it does now." };
    case "too_long":
      return { field: "expiresAt", text: `At ${riskClass} risk an exception lasts ${CAP_DAYS[riskClass]} days at most.` };
    case "control_not_in_its_time":
      return { field: "controlDueAt", text: "The control has to be tested before the exception ends." };
  }
}

export function approvalText(refusal: ApprovalRefusal): string {
  switch (refusal) {
    case "over":
      return "This exception has ended: there is nothing to approve.";
    case "nothing_to_approve":
      return "Nothing waits for an approval here.";
    case "expired":
      return "The end that was asked for has passed.";
    case "nobody":
      return "Your user is not linked to a person, so nobody can tell whether you are independent. Ask an administrator to link it.";
    case "requester":
      return "You asked for this: somebody else approves it.";
    case "beneficiary":
      return "You own, hold or can use this access: somebody else approves it.";
    case "already_approved":
      return "You gave another step of this: at high and critical risk two people approve.";
    case "not_owner":
      return "The owner of the resource approves this step.";
    case "not_approver":
      return "An approver of exceptions gives this step.";
    case "not_new":
      return "It was renewed twice: now somebody approves who has not approved it before.";
  }
}
