/** Two at a time, their results in order: while the database keeps one file, the next is being read. After a failure nothing more is begun. */
export async function* inTurn<Item, Result>(items: readonly Item[], run: (item: Item) => Promise<Result>): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  for (const item of items) {
    const begun = run(item);
    // It is awaited in its turn; if one before it fails, nobody will.
    begun.catch(() => undefined);
    running.push(begun);
    if (running.length === 2) yield await (running.shift() as Promise<Result>);
  }
  for (const begun of running) yield await begun;
}
