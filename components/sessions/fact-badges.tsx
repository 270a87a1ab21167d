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

export const PrivilegeBadge = ({ privileged }: Pick<SessionRow, "privileged">) => (
  <Badge tone={privilegeTone(privileged)} icon={PRIVILEGE_ICONS[privileged]}>
    {PRIVILEGE_WORDS[privileged]}
  </Badge>
);
