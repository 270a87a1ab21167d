import { expect, test } from "vitest";
import { type BurnDown, burnDownPoints } from "./series.ts";

const HOUR = 3_600_000;
const at = (hour: number) => new Date(Date.UTC(2026, 10, 2, hour)).toISOString();
const moment = (hour: number) => Date.UTC(2026, 10, 2) + hour * HOUR;
const burnDown = (given: Partial<BurnDown> = {}): BurnDown => ({
  from: at(0),
  until: at(6),
  dueAt: at(10),
  zone: "UTC",
  items: 100,
  steps: [],
  ...given,
});

test("nobody answered: everything is left, and the plan goes to nothing at the due date", () => {
  expect(burnDownPoints(burnDown())).toEqual([
    { at: moment(0), unanswered: 100, open: 100, plan: 100 },
    { at: moment(6), unanswered: 100, open: 100, plan: 40 },
    { at: moment(10), unanswered: null, open: null, plan: 0 },
  ]);
});

test("answers and handing in are counted down separately", () => {
  const steps = [
    { at: at(2), answered: 30, handedIn: 0 },
    { at: at(4), answered: 20, handedIn: 40 },
  ];
  const left = burnDownPoints(burnDown({ steps })).map(({ unanswered, open }) => [unanswered, open]);
  expect(left).toEqual([
    [100, 100],
    [70, 100],
    [50, 60],
    [50, 60],
    [null, null],
  ]);
});

test("what was reopened and handed in twice never makes less than nothing left", () => {
  const steps = [
    { at: at(2), answered: 100, handedIn: 100 },
    { at: at(4), answered: 0, handedIn: 3 },
  ];
  expect(burnDownPoints(burnDown({ steps })).at(-2)?.open).toBe(0);
});

test("after the due date there is no plan left and no point ahead", () => {
  const points = burnDownPoints(burnDown({ until: at(12), steps: [{ at: at(12), answered: 1, handedIn: 0 }] }));
  expect(points.at(-1)).toEqual({ at: moment(12), unanswered: 99, open: 100, plan: 0 });
  expect(points.every(({ unanswered }) => unanswered !== null)).toBe(true);
});

test("the plan reaches nothing at the due date, though nothing happened then", () => {
  const points = burnDownPoints(burnDown({ until: at(20), steps: [{ at: at(4), answered: 30, handedIn: 30 }] }));
  expect(points.map(({ at: moment, open, plan }) => [new Date(moment).getUTCHours(), open, plan])).toEqual([
    [0, 100, 100],
    [4, 70, 60],
    [10, 70, 0],
    [20, 70, 0],
  ]);
});

test("a due date at the launch divides by nothing", () => {
  expect(burnDownPoints(burnDown({ dueAt: at(0), until: at(1) })).map(({ plan }) => plan)).toEqual([0, 0]);
});
