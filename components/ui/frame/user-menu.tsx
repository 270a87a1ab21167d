"use client";

import dynamic from "next/dynamic";
import { LatePart } from "../late-part.tsx";
import type { SignOut, Viewer } from "./app-frame.tsx";
import classes from "./frame.module.css";
import { HeaderPopover } from "./header-popover.tsx";

type UserMenuProps = { viewer: Viewer; signOut: SignOut };

const UserMenuLines = dynamic(() => import("./user-menu-lines.tsx").then((module) => module.UserMenuLines), { ssr: false });

export function UserMenu({ viewer, signOut }: UserMenuProps) {
  return (
    <HeaderPopover
      label={`Your menu: ${viewer.displayName}`}
      title="Your menu"
      className={classes.avatar}
      button={initialsOf(viewer.displayName)}
    >
      {(close) => (
        <>
          <div className={classes.who}>
            <strong>{viewer.displayName}</strong>
            <span>{viewer.roles.map((role) => role.replaceAll("_", " ")).join(", ") || "no role"}</span>
          </div>
          <LatePart attempt={1} onFailed={close}>
            <UserMenuLines signOut={signOut} onClose={close} />
          </LatePart>
        </>
      )}
    </HeaderPopover>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const initials = ends.map((word) => [...(word ?? "")][0] ?? "").join("");
  return initials.toUpperCase() || "?";
}
