"use client";

import { Button, Popover, SegmentedControl, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconLogin2, IconLogout } from "@tabler/icons-react";
import Link from "next/link";
import { useState } from "react";
import { useShortcutsHelp } from "../shortcuts.tsx";
import { useAction } from "../use-action.tsx";
import type { SignOut, Viewer } from "./app-frame.tsx";
import classes from "./frame.module.css";

type UserMenuProps = { viewer: Viewer; signOut: SignOut };

const SCHEMES = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "System" },
] as const;

const LINE = { variant: "subtle", color: "gray", justify: "flex-start", fullWidth: true, size: "sm" } as const;

export function UserMenu({ viewer, signOut }: UserMenuProps) {
  const [opened, setOpened] = useState(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const openHelp = useShortcutsHelp();
  const leaving = useAction(signOut);
  const close = () => setOpened(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={240} trapFocus withinPortal={false} returnFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.avatar}
          aria-label={`Your menu: ${viewer.displayName}`}
          onClick={() => setOpened((open) => !open)}
        >
          {initialsOf(viewer.displayName)}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label="Your menu">
        <div className={classes.who}>
          <strong>{viewer.displayName}</strong>
          <span>{viewer.roles.map((role) => role.replaceAll("_", " ")).join(", ") || "no role"}</span>
        </div>
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
          onClick={close}
          leftSection={<IconLogin2 size={16} stroke={1.5} aria-hidden />}
        >
          My sign-ins
        </Button>
        <Button
          {...LINE}
          leftSection={<IconKeyboard size={16} stroke={1.5} aria-hidden />}
          onClick={() => {
            close();
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
      </Popover.Dropdown>
    </Popover>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const initials = ends.map((word) => [...(word ?? "")][0] ?? "").join("");
  return initials.toUpperCase() || "?";
}
