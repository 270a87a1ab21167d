import { z } from "zod";

const id = z.uuid();
const reason = z.string().trim().min(3, "Say why, in a few words.").max(2000);
const instant = z.iso.datetime({ offset: true, error: "Choose a day." });
const rationale = z.string().trim().min(10, "Say why the access has to stay, in a sentence.").max(4000);

/** What is asked for: how long, and what keeps the risk down meanwhile. */
export const exceptionTerms = z.strictObject({
  rationale,
  control: z.string().trim().min(10, "Say what keeps the risk down meanwhile, in a sentence.").max(4000),
  controlOwnerId: z.uuid("Name who answers for the control."),
  controlTest: z.string().trim().min(10, "Say how the control is tested, in a sentence.").max(4000),
  controlDueAt: instant,
  /** Null: as soon as it is approved. */
  startsAt: instant.nullable().default(null),
  expiresAt: instant,
});

export const exceptionInput = z.strictObject({ exceptionId: id });
/** `revision` is the wording that the approver read: another one needs another look. */
export const approveExceptionInput = z.strictObject({ exceptionId: id, revision: z.int().positive() });
export const answerExceptionInput = z.strictObject({ exceptionId: id, revision: z.int().positive(), reason });
export const changeExceptionInput = z.strictObject({ exceptionId: id, terms: exceptionTerms });
export const exceptionReasonInput = z.strictObject({ exceptionId: id, reason });
export const renewExceptionInput = z.strictObject({ exceptionId: id, expiresAt: instant, rationale });
export const recordTestInput = z.strictObject({
  exceptionId: id,
  result: z.enum(["passed", "failed"]),
  evidence: z.string().trim().min(10, "Say what was tested and what was seen: an auditor reads this.").max(4000),
  /** When it has to be tested again; not needed where it failed. */
  nextDueAt: instant.nullable().default(null),
});

export const exceptionListParams = z.object({
  q: z.string().max(200).catch(""),
  state: z.string().max(40).catch(""),
  risk: z.enum(["", "low", "ordinary", "high", "critical"]).catch(""),
  /** expiring: within 30 days; mine: asked by me; waiting: for my approval. */
  show: z.enum(["open", "all", "expiring", "waiting", "mine"]).catch("open"),
});

export type ExceptionTerms = z.output<typeof exceptionTerms>;
export type ExceptionTermsInput = z.input<typeof exceptionTerms>;
export type ExceptionInput = z.input<typeof exceptionInput>;
export type ApproveExceptionInput = z.input<typeof approveExceptionInput>;
export type AnswerExceptionInput = z.input<typeof answerExceptionInput>;
export type ChangeExceptionInput = z.input<typeof changeExceptionInput>;
export type ExceptionReasonInput = z.input<typeof exceptionReasonInput>;
export type RenewExceptionInput = z.input<typeof renewExceptionInput>;
export type RecordTestInput = z.input<typeof recordTestInput>;
export type ExceptionListParams = z.infer<typeof exceptionListParams>;
