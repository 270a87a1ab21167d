import { randomUUID } from "node:crypto";
import { type Actor, systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The clock that the demo is told by. Six months of it are the injected clock's: they date what commands speak of (occurred_at, runs,
 * campaigns, decisions). What the database dates itself (recorded_at, a freeze, an apply and its proof) says when the demo was made.
 */
export type Story = {
  readonly now: Date;
  /** Who is signed in so far, by login: each signs in once, by password. */
  readonly signIns: Map<string, Extract<Actor, { kind: "user" }>>;
};

/** One part of the story. `isTold` looks for what it leaves behind for good; `tell` goes on wherever an interrupted set-up stopped. */
export type Chapter = { title: string; isTold(story: Story): Promise<boolean>; tell(story: Story): Promise<void> };

export const newStory = (now: Date): Story => ({ now, signIns: new Map() });

/** A working morning that many days before the story's end. */
export function daysAgo({ now }: Story, days: number, hour = 9): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - days * DAY_MS + hour * HOUR_MS);
}

export const hoursAgo = ({ now }: Story, hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);

/** Really now: what has to come after something that the database dated. */
export const atLast = (): Date => new Date();

const requestId = (): string => `demo-${randomUUID().slice(0, 8)}`;

export const asActor = (actor: Actor, now: Date): Ctx => ({ actor, now, requestId: requestId() });

/** Whoever sets the demo up: makes what is there before anybody can sign in. */
export const asOperator = (now: Date): Ctx =>
  asActor({ kind: "local_operator", label: "demo set-up", authentication: { method: "operating_system" } }, now);

/** The product's own jobs, which the set-up runs in the worker's place. */
export const asJob = (now: Date): Ctx => asActor(systemActor("demo set-up"), now);

/** A number that looks arbitrary and is the same each time for the same words. */
export function chance(words: string, below: number): number {
  let mixed = 2_166_136_261;
  for (let at = 0; at < words.length; at += 1) mixed = Math.imul(mixed ^ words.charCodeAt(at), 16_777_619);
  mixed ^= mixed >>> 15;
  return (Math.imul(mixed, 2_246_822_519) >>> 0) % below;
}

export const pick = <T>(words: string, from: readonly T[]): T => from[chance(words, from.length)] as T;

export const dayText = (at: Date): string => at.toISOString().slice(0, 10);
