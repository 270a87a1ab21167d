import type { ComponentProps } from "react";
import classes from "./small-button.module.css";

type SmallButtonProps = Omit<ComponentProps<"button">, "className" | "type"> & { look?: "default" | "subtle"; size?: "small" | "large" };

/** Looks like the kit's button and costs what the browser's own does: for rows, of which there are many. */
export const SmallButton = ({ look = "default", size = "small", ...button }: SmallButtonProps) => (
  <button type="button" className={classes.button} data-look={look} data-size={size} {...button} />
);
