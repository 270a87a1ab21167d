import { IconCircle, IconCrown, IconQuestionMark, IconShieldCheck, IconShieldOff } from "@tabler/icons-react";
import { Badge } from "#components/ui/badge.tsx";
import type { SessionRow } from "#lib/sessions/types.ts";
import { MFA_WORDS, mfaTone, PRIVILEGE_WORDS, privilegeTone } from "./session-words.ts";

const MFA_ICONS = { yes: IconShieldCheck, no: IconShieldOff, unknown: IconQuestionMark } as const;
const PRIVILEGE_ICONS = { yes: IconCrown, no: IconCircle, unknown: IconQuestionMark } as const;

export const MfaBadge = ({ session }: { session: Pick<SessionRow, "mfa" | "privileged" | "isNow"> }) => (
  <Badge tone={mfaTone(session)} icon={MFA_ICONS[session.mfa]}>
    {MFA_WORDS[session.mfa]}
  </Badge>
);

/** `short` where a header says already what is unknown. */
export const PrivilegeBadge = ({ privileged, short = false }: Pick<SessionRow, "privileged"> & { short?: boolean }) => (
  <Badge tone={privilegeTone(privileged)} icon={PRIVILEGE_ICONS[privileged]}>
    {short && privileged === "unknown" ? "unknown" : PRIVILEGE_WORDS[privileged]}
  </Badge>
);
