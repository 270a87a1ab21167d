export type Notice = { tone: "danger" | "neutral"; text: string };

const DANGER: Readonly<Record<string, string>> = {
  CredentialsSignin: "This mail address and password do not go together. Check both, or ask an administrator of Countersign.",
  OAuthSignin: "The identity provider could not be reached. Try again; if it stays, tell an administrator of Countersign.",
  OAuthCallback: "The sign-in at the identity provider was not completed, or took too long. Try again.",
  Callback: "Your account could not be opened. It may be disabled: ask an administrator of Countersign.",
  AccessDenied: "This account may not sign in here. Ask an administrator of Countersign.",
  Unreachable: "Countersign could not be reached. Check the connection, then try again.",
};

/** What a code of the sign-in flow means, and what to do; null where there is nothing to say. Codes come by URL, so unknown ones get a sentence of ours. */
export function noticeOf(code: string | null): Notice | null {
  if (!code) return null;
  if (code === "SignedOut") return { tone: "neutral", text: "You are signed out." };
  const limited = /^RATE_LIMITED\.(\d{1,5})$/.exec(code);
  if (limited) {
    const minutes = Math.max(1, Math.ceil(Number(limited[1]) / 60));
    return { tone: "danger", text: `Too many attempts. Wait ${minutes === 1 ? "a minute" : `${minutes} minutes`}, then try again.` };
  }
  return {
    tone: "danger",
    text:
      (Object.hasOwn(DANGER, code) ? DANGER[code] : null) ??
      "Signing in did not work. Try again; if it stays, tell an administrator of Countersign.",
  };
}
