"use client";

import { Component, type ReactNode } from "react";
import { toastFailed } from "./toasts.tsx";

type LatePartProps = {
  /** Another one is another try. */
  attempt: number;
  onFailed?: () => void;
  children: ReactNode;
};
type LatePartState = { attempt: number; hasFailed: boolean };

/**
 * Around what is loaded on first use: where the connection is gone, it says so and the page with its work stays as it is. As it goes, the focus
 * that was in it goes back to where it came from, or to the page where that cannot have it any more.
 */
export class LatePart extends Component<LatePartProps, LatePartState> {
  override state: LatePartState = { attempt: this.props.attempt, hasFailed: false };

  static getDerivedStateFromError(): Partial<LatePartState> {
    return { hasFailed: true };
  }

  static getDerivedStateFromProps({ attempt }: LatePartProps, state: LatePartState): LatePartState | null {
    return attempt === state.attempt ? null : { attempt, hasFailed: false };
  }

  private cameFrom: Element | null = null;

  override componentDidMount(): void {
    this.cameFrom = document.activeElement;
  }

  override componentWillUnmount(): void {
    const { cameFrom } = this;
    setTimeout(() => {
      // Whoever has it by now was given it.
      if (document.activeElement !== document.body || !(cameFrom instanceof HTMLElement)) return;
      cameFrom.focus({ preventScroll: true });
      if (document.activeElement === document.body) document.getElementById("content")?.focus({ preventScroll: true });
    });
  }

  override componentDidCatch(): void {
    toastFailed({ message: "It could not be loaded, and nothing was changed. Once the connection is back, read the page again." });
    this.props.onFailed?.();
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}
