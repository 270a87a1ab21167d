import { Skeleton } from "@mantine/core";
import classes from "./page-skeleton.module.css";

/** A page's size before its content: header, and rows of the height they will have. */
export function PageSkeleton({ rows = 10 }: { rows?: number }) {
  return (
    <div aria-busy="true">
      <output className={classes.words}>Loading</output>
      <Skeleton height={24} width={240} mb={8} mt={2} />
      <Skeleton height={14} width={360} maw="100%" mb={30} />
      <RowsSkeleton rows={rows} />
    </div>
  );
}

/** In place of a table while it loads. */
export function RowsSkeleton({ rows = 10 }: { rows?: number }) {
  return (
    <div className={classes.rows} aria-hidden>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no other name
        <div key={row} className={classes.row}>
          <Skeleton height={12} width={`${68 - (row % 4) * 9}%`} />
        </div>
      ))}
    </div>
  );
}
