"use client";

import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { ActionFailure } from "./action-result.ts";
import { SmallButton } from "./small-button.tsx";
import classes from "./toasts.module.css";

const DONE_MS = 5_000;
const UNDO_MS = 10_000;
/** What was done: the newest. Older ones make room at once; what failed stays beside them. */
const MOST_DONE = 3;

type Toast = { id: number; isFailure: boolean; message: string; undo?: (() => void) | undefined };

const NONE: readonly Toast[] = [];
const listeners = new Set<() => void>();
let shown = NONE;
let last = 0;

function change(next: readonly Toast[]): void {
  shown = next;
  for (const changed of listeners) changed();
}

function add(toast: Omit<Toast, "id">): void {
  last += 1;
  const all = [...shown, { ...toast, id: last }];
  const done = all.filter(({ isFailure }) => !isFailure);
  const leaving = new Set(done.slice(0, Math.max(0, done.length - MOST_DONE)));
  change(all.filter((each) => !leaving.has(each)));
}

const dismiss = (id: number) => change(shown.filter((toast) => toast.id !== id));

/** Tells what happened: "Revoked 3 grants", never "OK". With undo it stays longer. */
export const toastDone = (message: string, undo?: () => void): void => add({ isFailure: false, message, undo });

/** An error stays until it is dismissed: it says what was not changed and what to do. */
export const toastFailed = ({ message }: Pick<ActionFailure, "message">): void => add({ isFailure: true, message });

const subscribe = (changed: () => void) => {
  listeners.add(changed);
  return () => void listeners.delete(changed);
};

export function Toasts() {
  const toasts = useSyncExternalStore(
    subscribe,
    () => shown,
    () => NONE,
  );
  return (
    // There before anything happens: what comes into it is read out.
    <div className={classes.toasts} role="log" aria-label="What happened">
      {toasts.map((toast) => (
        <ToastLine key={toast.id} {...toast} />
      ))}
    </div>
  );
}

/** Waits while it is looked at or in use. */
function ToastLine({ id, isFailure, message, undo }: Toast) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isFailure || isHeld) return;
    const timer = setTimeout(() => dismiss(id), undo ? UNDO_MS : DONE_MS);
    return () => clearTimeout(timer);
  }, [id, isFailure, isHeld, undo]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a pointer that rests here only delays that it leaves
    <div
      className={classes.toast}
      role={isFailure ? "alert" : undefined}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={classes.icon} data-failed={isFailure || undefined}>
        {isFailure ? <IconAlertTriangle size={16} aria-hidden /> : <IconCheck size={16} aria-hidden />}
      </span>
      <span className={classes.message}>{message}</span>
      {undo && (
        <SmallButton
          look="subtle"
          onClick={() => {
            dismiss(id);
            undo();
          }}
        >
          Undo
        </SmallButton>
      )}
      <button type="button" className={classes.close} aria-label="Dismiss" onClick={() => dismiss(id)}>
        <IconX size={16} aria-hidden />
      </button>
    </div>
  );
}
