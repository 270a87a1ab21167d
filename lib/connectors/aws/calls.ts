import { SourceError } from "../contract.ts";

/** What a call gave, or null where it may not be made. */
export type Called<Value> = { readonly value: Value | null };

const DENIED = new Set(["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"]);
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");
const isDenied = (error: unknown): boolean => DENIED.has(nameOf(error));

/** An optional call. Only a refusal is "may not": throttling, a lost connection or a broken answer fail the run, and never blank a column. */
export async function callOrNothing<Value>(call: () => Promise<Value>): Promise<Called<Value>> {
  try {
    return { value: await call() };
  } catch (error) {
    if (isDenied(error)) return { value: null };
    throw error;
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  InvalidClientTokenId: "AWS does not know the access key. Set it anew.",
  SignatureDoesNotMatch: "AWS refused the secret of the access key. Set it anew.",
  ExpiredToken: "The credentials have expired. Set new ones.",
  IncompleteSignature: "AWS refused the signature. Check the access key.",
};
const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|RequestThrottled)/;

/** An error of AWS as a sentence; its text is AWS's, which names neither keys nor secrets. */
export function explained(error: unknown, where: string): Error {
  if (error instanceof SourceError) return error;
  const name = nameOf(error);
  const known = SENTENCES[name];
  if (known) return new SourceError(known, { where });
  if (isDenied(error))
    return new SourceError(
      `The reader may not call what everything hangs on: ${messageOf(error)} Allow iam:GetAccountAuthorizationDetails.`,
      { where },
    );
  if (THROTTLED.test(name))
    return new SourceError("AWS asked to slow down, and again after a pause. Nothing was applied; try again later.", { where });
  return new SourceError(`AWS could not be read: ${messageOf(error)} Nothing was applied; try again.`, { where });
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `${text.slice(0, 300).replace(/[.\s]*$/, "")}.`;
}
