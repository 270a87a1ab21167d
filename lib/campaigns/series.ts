/** Items by when they got their first answer and were handed in. Steps say how many until `at`, since the step before. */
export type BurnDown = {
  from: string;
  until: string;
  dueAt: string;
  zone: string;
  items: number;
  steps: { at: string; answered: number; handedIn: number }[];
};

export type BurnDownPoint = {
  at: number;
  /** Without any answer, and not handed in; null where the moment has not come. */
  unanswered: number | null;
  open: number | null;
  /** What is left at an even pace from launch to due date. */
  plan: number;
};

/** From all at the launch to what is left now, and on to the due date for the plan. What was reopened and handed in again counts once. */
export function burnDownPoints({ from, until, dueAt, items, steps }: BurnDown): BurnDownPoint[] {
  const [start, end, due] = [Date.parse(from), Date.parse(until), Date.parse(dueAt)];
  const planAt = (at: number) => (due <= start ? 0 : Math.max(0, Math.round((items * (due - at)) / (due - start))));
  let answered = 0;
  let handedIn = 0;
  const at = (moment: number): BurnDownPoint => ({
    at: moment,
    unanswered: Math.max(0, items - answered),
    open: Math.max(0, items - handedIn),
    plan: planAt(moment),
  });
  const points = [at(start)];
  /** The plan ends at the due date, whether or not anything happened then. */
  const passDue = (moment: number) => {
    if ((points.at(-1)?.at ?? start) < due && due < moment) points.push(at(due));
  };
  for (const step of steps) {
    const moment = Math.min(Date.parse(step.at), end);
    passDue(moment);
    answered += step.answered;
    handedIn += step.handedIn;
    points.push(at(moment));
  }
  passDue(end);
  if ((points.at(-1)?.at ?? start) < end) points.push(at(end));
  if (due > end) points.push({ at: due, unanswered: null, open: null, plan: 0 });
  return points;
}
