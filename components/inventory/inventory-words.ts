/** Words of the vocabularies as people say them. What a list does not name is shown in its own words. */
const WORDS: Readonly<Record<string, string>> = {
  break_glass: "break-glass",
  code_repo: "code repository",
  authenticator_app: "authenticator app",
  sms_or_voice: "text message or call",
  security_key: "security key",
  backup_code: "backup code",
  by_hand: "by hand",
  none: "none",
  dev: "development",
  prod: "production",
  infrastructure_as_code: "infrastructure as code",
};

export const words = (value: string): string => WORDS[value] ?? value.replaceAll("_", " ");

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** How an identity came to be somebody's. */
export const MATCH_WORDS: Readonly<Record<string, string>> = {
  exact_id: "by the id that the source names",
  mail: "by the mail address",
  name: "by name, confirmed by somebody",
  by_hand: "chosen by hand",
};

/** Somebody who is not in office any more; null where they are, or nobody knows. */
export function leaverText(status: string | null): string | null {
  if (status === "left") return "left";
  if (status === "gone") return "no longer among the people";
  return null;
}

export const chosen = (values: readonly string[]) => values.map((value) => ({ value, label: words(value) }));
