import classes from "./key-hint.module.css";

const SHOWN: Readonly<Record<string, string>> = {
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Enter: "↵",
  Escape: "Esc",
};

/** "g o" is two keys one after the other, "mod+k" two at once (Command on a Mac, which takes Ctrl in a page just as well). */
export function KeyHint({ keys, quiet = false }: { keys: string; quiet?: boolean }) {
  const parts = keys.replace(/^mod\+(.)$/, (_, key: string) => `Ctrl ${key.toUpperCase()}`).split(" ");
  return (
    <span className={classes.hint} data-quiet={quiet || undefined}>
      {parts.map((part) => (
        <kbd key={part} className={classes.key}>
          {SHOWN[part] ?? part}
        </kbd>
      ))}
    </span>
  );
}
