"use client";

import { Menu, SegmentedControl, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconLogin2, IconLogout } from "@tabler/icons-react";
import Link from "next/link";
import { useTransition } from "react";
import { useShortcutsHelp } from "../shortcuts.tsx";
import type { Viewer } from "./app-frame.tsx";
import classes from "./frame.module.css";

type UserMenuProps = { viewer: Viewer; signOut: () => Promise<void> };

const SCHEMES = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "System" },
] as const;

export function UserMenu({ viewer, signOut }: UserMenuProps) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const openHelp = useShortcutsHelp();
  const [isLeaving, startLeaving] = useTransition();
  return (
    <Menu width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.avatar} aria-label={`Your menu: ${viewer.displayName}`}>
          {initialsOf(viewer.displayName)}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <strong>{viewer.displayName}</strong>
          <span>{viewer.roles.map(roleLabel).join(", ") || "no role"}</span>
        </div>
        <div className={classes.scheme}>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label="Theme"
            data={[...SCHEMES]}
            value={colorScheme}
            onChange={(value) => setColorScheme(SCHEMES.find((scheme) => scheme.value === value)?.value ?? "auto")}
          />
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} href="/account/sign-ins" leftSection={<IconLogin2 size={16} stroke={1.5} aria-hidden />}>
          My sign-ins
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} stroke={1.5} aria-hidden />} onClick={openHelp}>
          Keys
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.5} aria-hidden />}
          disabled={isLeaving}
          onClick={() => startLeaving(async () => signOut())}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return (
    [words[0], words.length > 1 ? words.at(-1) : undefined]
      .map((word) => [...(word ?? "")][0] ?? "")
      .join("")
      .toUpperCase() || "?"
  );
}

const roleLabel = (role: string): string => role.replaceAll("_", " ");
