"use client";

import { Modal, Switch } from "@mantine/core";
import { KeyHint } from "./key-hint.tsx";
import { usePreferences } from "./preferences.tsx";
import type { Shortcut } from "./shortcuts.tsx";
import classes from "./shortcuts-help.module.css";

type ShortcutsHelpProps = { groups: readonly { id: string; title: string; shortcuts: readonly Shortcut[] }[]; onClose: () => void };

export function ShortcutsHelp({ groups, onClose }: ShortcutsHelpProps) {
  const { shortcuts, setShortcuts } = usePreferences();
  return (
    <Modal opened onClose={onClose} title="Keys" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <div className={classes.groups}>
        {groups
          .filter((group) => group.shortcuts.length > 0)
          .map((group) => (
            <section key={group.id} aria-label={group.title}>
              <h3 className={classes.title}>{group.title}</h3>
              <dl className={classes.list}>
                {group.shortcuts.map((shortcut) => (
                  <div key={shortcut.keys} className={classes.line}>
                    <dt>
                      <KeyHint keys={shortcut.keys} />
                    </dt>
                    <dd>{shortcut.label}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
      <Switch
        mt="lg"
        label="Single-key shortcuts"
        description="Switch them off if speech input or another tool sends single keys."
        checked={shortcuts}
        onChange={(event) => setShortcuts(event.currentTarget.checked)}
      />
    </Modal>
  );
}
