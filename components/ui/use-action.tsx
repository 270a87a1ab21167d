"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useCallback, useRef, useState, useTransition } from "react";
import type { ActionResult, ActionOptions as CallOptions } from "#lib/actions/types.ts";
import { type ActionFailure, UNREACHABLE } from "./action-result.ts";
import { LatePart } from "./late-part.tsx";
import { toastFailed } from "./toasts.tsx";

const StepUpDialog = dynamic(() => import("./step-up-dialog.tsx").then((module) => module.StepUpDialog), { ssr: false });

type ActionOptions<Data> = {
  onDone?: (data: Data) => void;
  /** Left out, a failure without fields is a toast. */
  onFailed?: (failure: ActionFailure) => void;
};

type StepUpAsked = { action: string; binding: string; method: "password" | "oidc" };

export type ActionState<Input> = {
  run: (input: Input) => void;
  isRunning: boolean;
  /** The last answer, where it was no. */
  failure: ActionFailure | null;
  /** Sentences by field, for forms. */
  fields: Readonly<Record<string, string>>;
  /** Render it once: the dialog of a critical action. */
  stepUp: ReactNode;
};

/** A server action, and what stands in for one in a component's own tests. */
export type Action<Input, Data> = (input: Input, options?: CallOptions) => Promise<ActionResult<Data>>;

/**
 * Runs a server action, keeps its refusal, and where the action is critical asks again and repeats it with the same input. A repetition
 * of what had no answer carries the same Idempotency-Key, so that trying again never does it twice.
 */
export function useAction<Input, Data>(action: Action<Input, Data>, options: ActionOptions<Data> = {}): ActionState<Input> {
  const [isRunning, start] = useTransition();
  const [failure, setFailure] = useState<ActionFailure | null>(null);
  const [asked, setAsked] = useState<{ input: Input; stepUp: StepUpAsked } | null>(null);
  const latest = useRef({ action, options });
  latest.current = { action, options };
  const unanswered = useRef<{ input: string; key: string } | null>(null);

  const run = useCallback((input: Input) => {
    start(async () => {
      const asText = JSON.stringify(input);
      const key = unanswered.current?.input === asText ? unanswered.current.key : randomKey();
      unanswered.current = { input: asText, key };
      const result = await latest.current.action(input, { idempotencyKey: key }).catch((error: unknown) => {
        if (isNavigation(error)) throw error;
        return UNREACHABLE;
      });
      if (result !== UNREACHABLE) unanswered.current = null;
      if (result.ok) {
        setFailure(null);
        latest.current.options.onDone?.(result.data);
        return;
      }
      const stepUp = stepUpOf(result);
      if (stepUp) {
        setAsked({ input, stepUp });
        return;
      }
      setFailure(result);
      const { onFailed } = latest.current.options;
      if (onFailed) onFailed(result);
      else if (!result.fields) toastFailed(result);
    });
  }, []);

  const stepUp = asked && (
    <LatePart attempt={1} onFailed={() => setAsked(null)}>
      <StepUpDialog
        {...asked.stepUp}
        onClose={() => setAsked(null)}
        onPassed={() => {
          setAsked(null);
          run(asked.input);
        }}
      />
    </LatePart>
  );
  return { run, isRunning, failure, fields: failure?.fields ?? {}, stepUp };
}

/** STEP_UP_REQUIRED names in its details what to confirm. */
function stepUpOf(failure: ActionFailure): StepUpAsked | null {
  if (failure.code !== "STEP_UP_REQUIRED") return null;
  const { action, binding, method } = failure.details ?? {};
  if (method !== "password" && method !== "oidc") return null;
  return { action: String(action), binding: String(binding), method };
}

/** Not crypto.randomUUID, which browsers keep from pages over plain http. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A redirect travels as a thrown value and must reach the router. */
function isNavigation(error: unknown): boolean {
  return typeof error === "object" && error !== null && "digest" in error && String(error.digest).startsWith("NEXT_");
}
