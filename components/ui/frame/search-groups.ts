/** One line of the palette: where it leads, and a second, fainter text. */
export type SearchLine = { href: string; label: string; detail?: string };
export type SearchGroup = { title: string; lines: SearchLine[] };

type Found = { id: string; name: string; detail: string };
/** As /api/v1/search answers. */
export type SearchAnswer = {
  people: Found[];
  identities: Found[];
  resources: Found[];
  campaigns: (Found & { isMine: boolean })[];
  sources: Found[];
};

const lines = (found: readonly Found[], hrefOf: (id: string) => string): SearchLine[] =>
  found.map(({ id, name, detail }) => ({ href: hrefOf(id), label: name, detail }));

/** In the order in which people look for things; kinds without a line are left out. */
export function answerGroups({ people, identities, resources, campaigns, sources }: SearchAnswer): SearchGroup[] {
  return [
    { title: "People", lines: lines(people, (id) => `/people/${id}`) },
    { title: "Identities", lines: lines(identities, (id) => `/identities/${id}`) },
    { title: "Resources", lines: lines(resources, (id) => `/resources/${id}`) },
    {
      title: "Campaigns",
      lines: campaigns.map(({ id, name, detail, isMine }) => ({ href: `/campaigns/${id}${isMine ? "/review" : ""}`, label: name, detail })),
    },
    { title: "Sources", lines: lines(sources, (id) => `/sources/${id}`) },
  ].filter((group) => group.lines.length > 0);
}

/** Every word typed begins a word of the label: "new ca" finds "New campaign". */
export function fits(label: string, typed: string): boolean {
  const words = label.toLowerCase().split(/\s+/);
  return typed
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}
