import { expect, it } from "vitest";
import { commentTags } from "./comment-tags.ts";

it.each<[string, string | null, object]>([
  ["no comment", null, {}],
  ["a comment about something else", "the payments team's role, class=human", {}],
  [
    "bare and quoted values",
    'countersign: class=service owner=mail@example.org purpose="Sends \\"invoices\\""',
    { class: "service", owner: "mail@example.org", purpose: 'Sends "invoices"' },
  ],
  ["a tag after other text, up to the end of its line", "Ask Mara.\ncountersign: class=pipeline\nclass=human", { class: "pipeline" }],
  ["a word that is in no vocabulary", "countersign: class=superhero environment=prod", { environment: "prod" }],
  ["a key that nobody knows", "countersign: colour=red class=human", { class: "human" }],
  ["a word that only ends like the mark", "notcountersign: class=human", {}],
])("reads %s", (_name, comment, expected) => {
  expect(Object.fromEntries(Object.entries(commentTags(comment)).filter(([, value]) => value !== undefined))).toEqual(expected);
});
