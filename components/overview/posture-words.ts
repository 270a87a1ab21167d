import type { PostureList, PostureRowsParams } from "#lib/inventory/posture-rows.ts";

const PRIVILEGED = { yes: "that give privileged access", no: "that give no privileged access", unknown: "of unknown privilege" } as const;
const USED = {
  month: "used in the last 30 days",
  quarter: "last used 31 to 90 days ago",
  older: "last used over 90 days ago",
  never: "never used",
  unknown: "of unknown use",
  not_supported: "whose use no source tells",
} as const;
const AGE = { quarter: "up to 90 days old", year: "91 days to a year old", older: "over a year old", unknown: "of unknown age" } as const;
const LIFETIME = { bounded: "that end by themselves", never: "that never end", unknown: "of unknown end" } as const;
const RESISTANT = { yes: "that resist phishing", no: "that do not resist phishing", unknown: "of unknown strength" } as const;
const FACTOR = { some: "with a factor", none: "without a factor", untold: "whose source tells no factors" } as const;

/** "Grants that give privileged access, last used over 90 days ago": what a page lists, in the words of the number that led to it. */
export function listTitle(params: PostureRowsParams): string {
  const { of, status, privileged, used, age, lifetime, kind, resistant, factor } = params;
  const words: Record<PostureList, (string | undefined)[]> = {
    leavers: [status === "untold" ? "People of unknown status with live access" : "People who left with live access"],
    grants: ["Grants", privileged && PRIVILEGED[privileged], used && USED[used]],
    credentials: ["Credentials", age && AGE[age], lifetime && LIFETIME[lifetime]],
    factors: ["Factors", kind && `of the kind ${kind.replaceAll("_", " ")}`, resistant && RESISTANT[resistant]],
    people: ["Identities of people", factor && FACTOR[factor]],
  };
  const [noun, ...rest] = words[of].filter((word) => word !== undefined);
  return rest.length === 0 ? (noun ?? "") : `${noun} ${rest.join(", ")}`;
}

type Heads = { what: string; detail: string; at: string };

export const LIST_HEADS: Readonly<Record<PostureList, Heads>> = {
  leavers: { what: "Identities", detail: "Status", at: "Left" },
  grants: { what: "Holds", detail: "On", at: "Last used" },
  credentials: { what: "Kind", detail: "End", at: "Made" },
  factors: { what: "Factor", detail: "Strength", at: "Enrolled" },
  people: { what: "Person", detail: "Factor", at: "Last used" },
};

/** What a query answers in one word, in the words of the page. */
export const detailWords = (of: PostureList, detail: string | null): string | null =>
  of === "people" ? ({ some: "has one", none: "has none", untold: "unknown" }[detail ?? ""] ?? detail) : detail;
