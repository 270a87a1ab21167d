"use client";

import { Button, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconLogin2, IconLogout } from "@tabler/icons-react";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { useShortcutsHelp } from "../shortcuts.tsx";
import { useAction } from "../use-action.tsx";
import type { SignOut } from "./app-frame.tsx";
import classes from "./frame.module.css";

const SCHEMES = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "System" },
] as const;

const LINE = { variant: "subtle", color: "gray", justify: "flex-start", fullWidth: true, size: "sm" } as const;

/** Loaded at the first opening of the menu, which is when the focus goes into it. */
export function UserMenuLines({ signOut, onClose }: { signOut: SignOut; onClose: () => void }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const openHelp = useShortcutsHelp();
  const leaving = useAction(signOut);
  const lines = useRef<HTMLDivElement>(null);
  useEffect(() => lines.current?.querySelector<HTMLElement>("input:checked")?.focus(), []);
  return (
    <div ref={lines} className={classes.lines}>
      <SegmentedControl
        fullWidth
        size="xs"
        mb="xs"
        aria-label="Theme"
        data={[...SCHEMES]}
        value={colorScheme}
        onChange={(value) => setColorScheme(SCHEMES.find((scheme) => scheme.value === value)?.value ?? "auto")}
      />
      <Button
        {...LINE}
        component={Link}
        href="/account"
        prefetch={false}
        onClick={onClose}
        leftSection={<IconLogin2 size={16} stroke={1.5} aria-hidden />}
      >
        My sign-ins
      </Button>
      <Button
        {...LINE}
        leftSection={<IconKeyboard size={16} stroke={1.5} aria-hidden />}
        onClick={() => {
          onClose();
          openHelp();
        }}
      >
        Keys
      </Button>
      <Button
        {...LINE}
        leftSection={<IconLogout size={16} stroke={1.5} aria-hidden />}
        loading={leaving.isRunning}
        onClick={() => leaving.run({})}
      >
        Sign out
      </Button>
    </div>
  );
}
