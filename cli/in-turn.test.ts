import { expect, it } from "vitest";
import { inTurn } from "./in-turn.ts";

it("runs two at a time, answers in order, and begins nothing after a failure", async () => {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const run = async (item: number) => {
    begun.push(item);
    most = Math.max(most, ++running);
    for (let turn = 0; turn < 10 - item; turn += 1) await Promise.resolve();
    running -= 1;
    if (item === 3) throw new Error("three");
    return item * 10;
  };
  const taken: number[] = [];
  const all = async (items: number[]) => {
    for await (const result of inTurn(items, run)) taken.push(result);
  };
  await all([0, 1, 2]);
  expect(taken).toEqual([0, 10, 20]);
  expect(most).toBe(2);
  begun.length = 0;
  await expect(all([1, 3, 4, 5, 6])).rejects.toThrow("three");
  expect(begun).toEqual([1, 3, 4]);
  for await (const _ of inTurn([], run)) throw new Error("there was nothing to run");
});
