import type { ActionFailure } from "#components/ui/action-result.ts";
import type { BulkAnswer as BulkVerb } from "#lib/campaigns/answers.ts";
import { readCompact } from "#lib/campaigns/compact.ts";
import type {
  BulkResult,
  CompactItems,
  ExceptionImpact,
  ItemDetail,
  ReviewItemRow,
  SubmissionPreview,
} from "#lib/campaigns/review-types.ts";
import type { ErrorCode } from "#lib/errors/domain-error.ts";
import type { PendingAnswer } from "./review-state.ts";

/** A refusal by the server, as opposed to not reaching it. */
export class Refused extends Error {
  readonly failure: ActionFailure;
  constructor(failure: ActionFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

type Problem = { title?: string; detail?: string; fields?: Record<string, string> };

async function call<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, { cache: "no-store", ...init });
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as Problem;
  // A server that is restarting is not a refusal: the answer stays in the outbox.
  if (response.status >= 500) throw new TypeError(problem.detail ?? "Countersign is not answering.");
  throw new Refused({
    ok: false,
    code: (problem.title ?? "INTERNAL") as ErrorCode,
    message: problem.detail ?? `The server answered ${response.status}.`,
    fields: problem.fields,
  });
}

const post = <T>(url: string, body: unknown, idempotencyKey: string) =>
  call<T>(url, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify(body),
  });

const base = (campaignId: string) => `/api/v1/campaigns/${campaignId}`;

export const loadItems = async (campaignId: string): Promise<ReviewItemRow[]> =>
  readCompact(await call<CompactItems>(`${base(campaignId)}/my-items`));

export const loadSubmission = (campaignId: string): Promise<SubmissionPreview> => call(`${base(campaignId)}/submission`);

export const loadExceptionImpact = (campaignId: string, itemId: string): Promise<ExceptionImpact> =>
  call(`${base(campaignId)}/items/${itemId}/exception-impact`);

export const loadItem = (campaignId: string, itemId: string): Promise<ItemDetail> => call(`${base(campaignId)}/items/${itemId}`);

/** Answers with the item's new version. */
export async function sendAnswer(campaignId: string, pending: PendingAnswer): Promise<number> {
  const { itemId, answer, idempotencyKey, version, ...rest } = pending;
  const url = `${base(campaignId)}/items/${itemId}/${answer === "withdraw" ? "withdrawals" : "decisions"}`;
  const { version: next } = await post<{ version: number }>(
    url,
    answer === "withdraw" ? { version } : { answer, version, ...rest },
    idempotencyKey,
  );
  return next;
}

export type BulkAnswer = Omit<PendingAnswer, "itemId" | "version" | "answer" | "exception" | "terms"> & {
  answer: BulkVerb;
  items: { itemId: string; version: number }[];
};

export const sendAnswers = (campaignId: string, { idempotencyKey, ...body }: BulkAnswer): Promise<BulkResult> =>
  post(`${base(campaignId)}/decisions`, body, idempotencyKey);
