import { countText } from "#components/ui/moment-text.ts";
import classes from "./charts.module.css";
import { numberAt, type Point, type Series } from "./series.ts";

type TipProps = {
  series: readonly Series[];
  /** As Recharts hands it to the content of a tooltip. */
  payload?: readonly { payload?: unknown }[] | undefined;
  active?: boolean | undefined;
};

/** The numbers at the pointer, or where the arrow keys are. */
export function Tip({ series, payload, active }: TipProps) {
  const point = payload?.[0]?.payload as Point | undefined;
  if (!active || !point) return null;
  return (
    <div className={classes.tip}>
      <strong>{point.label}</strong>
      {series.map(({ key, label, colour, isPlan }) => {
        const value = numberAt(point, key);
        return value === null ? null : (
          <span key={key} className={classes.tipLine}>
            <span className={classes.swatch} data-colour={colour} data-plan={isPlan ? "" : undefined} aria-hidden />
            <span>{label}</span>
            <data value={value}>{countText(value)}</data>
          </span>
        );
      })}
    </div>
  );
}
