import type { ChecklistRow } from "./checklist.ts";
import type { Gap } from "./gaps.ts";
import { Html, html } from "./html.ts";
import type { PackFacts } from "./pack-facts.ts";
import { counted, dateTime, dateTimeOr, pairs, table, words } from "./report-parts.ts";
import { REPORT_STYLE } from "./report-style.ts";
import { exceptions, population, remediation, reviewers, risks } from "./report-tables.ts";

export type ReportFile = { readonly name: string; readonly holds: string };

/**
 * The whole pack to be read and printed: one file, no script, nothing fetched. It repeats what the tables hold and points at them; where a
 * list is long it shows its beginning and says so.
 */
export function reportHtml(input: {
  facts: PackFacts;
  gaps: readonly Gap[];
  checklist: readonly ChecklistRow[];
  files: readonly ReportFile[];
}): string {
  const { facts, gaps, checklist, files } = input;
  const { campaign } = facts;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Evidence: ${campaign.name}</title>
<style>${style()}</style>
</head>
<body>
${cover(facts)}
${gapBox(gaps)}
${outcome(facts)}
${contents(checklist)}
${population(facts)}
${reviewers(facts)}
${risks(facts)}
${remediation(facts)}
${exceptions(facts)}
${log(facts)}
${verifying(facts)}
${fileList(files)}
</body>
</html>
`.text;
}

/** Ours, and free of anything that could end the element. */
const style = (): Html => new Html(REPORT_STYLE);

function cover(facts: PackFacts): Html {
  const { campaign, population: frozen, signOff, checkpoint, sources, product } = facts;
  return html`<header class="cover">
<p class="kicker">Evidence of an access review${facts.isDemo ? html` · <span class="warn">demonstration with invented data</span>` : null}</p>
<h1>${campaign.name}</h1>
<p>${counted(frozen.items, "item")} from ${sources.map(({ name }) => name).join(", ")}, frozen ${dateTime(frozen.frozenAt)}, signed off ${dateTime(signOff.signedAt)} by ${signOff.user ?? "somebody whose name is no longer kept"}.</p>
${pairs([
  [
    "Period",
    html`${dateTimeOr(campaign.launchedAt, "not launched")} to ${dateTime(signOff.signedAt)}; log up to ${dateTime(checkpoint.signedAt)}`,
  ],
  ["Campaign", html`<code>${campaign.id}</code>, ${words(campaign.state)} at the checkpoint`],
  ["Owner", campaign.owner ?? "name no longer kept"],
  [
    "Signed off by",
    html`${signOff.user ?? "name no longer kept"}, confirmed by ${words(signOff.confirmedBy)}, event <code>${signOff.eventId}</code>`,
  ],
  ["Attestation", html`<span class="quote">${signOff.attestation}</span>`],
  ["Final set", html`<code>sha256:${signOff.digest}</code>`],
  ["Population", html`<code>sha256:${frozen.digest}</code>`],
  ["Policy", html`<code>sha256:${campaign.policyDigest ?? "none pinned"}</code>`],
  ["Checkpoint", html`${checkpoint.treeSize} events of <code>${checkpoint.origin}</code>`],
  ["Signing key", html`<code>${checkpoint.fingerprint}</code>`],
  [
    "Made by",
    html`Countersign ${product.version}. Root and digest of each file: manifest.json. Who exported this and when: the receipt beside the pack.`,
  ],
])}
</header>`;
}

function gapBox(gaps: readonly Gap[]): Html {
  const part = (concerns: Gap["concerns"], title: string): Html => {
    const found = gaps.filter((gap) => gap.concerns === concerns);
    const rows = found.map(({ text, lines }) => html`<li>${text} <small>${lines.join(", ")}</small></li>\n`);
    return html`<h3>${title}</h3>\n${found.length === 0 ? html`<p>Nothing.</p>` : html`<ul>\n${rows}</ul>`}`;
  };
  return html`<section class="gaps" id="gaps">
<h2>What this pack does not prove</h2>
${part("this campaign", "In this campaign")}
${part("this version", "In any pack of this version of Countersign")}
</section>`;
}

function outcome({ totals, risks: groups, silence, remediation: { byState } }: PackFacts): Html {
  const sum = (of: (group: PackFacts["risks"][number]) => number) => groups.reduce((total, group) => total + of(group), 0);
  const figure = (value: number, label: string) => html`<li><b>${value.toLocaleString("en")}</b><span>${label}</span></li>\n`;
  return html`<section>
<h2>Outcome</h2>
<ul class="figures">
${[
  figure(totals.items, "items under review"),
  figure(
    sum(({ keep }) => keep),
    "kept by a person",
  ),
  figure(
    sum(({ revoke }) => revoke),
    "revoked by a person",
  ),
  figure(
    sum(({ abstain }) => abstain),
    "abstained to the end",
  ),
  figure(
    sum(({ exceptionRequested }) => exceptionRequested),
    "with an exception requested",
  ),
  figure(
    sum(({ changed }) => changed),
    "to be changed in the source",
  ),
  figure(silence.items, "by silence, nobody answered"),
  figure(
    sum(({ voided }) => voided),
    "void, nothing left to decide",
  ),
  figure(byState.VERIFIED ?? 0, "decisions verified by two syncs"),
]}</ul>
</section>`;
}

const VERDICT_CLASS: Readonly<Record<string, string>> = { answered: "good", "in part": "warn", gap: "bad", "not applicable": "dim" };

function contents(checklist: readonly ChecklistRow[]): Html {
  const rows = checklist.map(({ id, asks, verdict, answers, gaps, not_applicable: why }) => [
    html`${id}`,
    html`${asks}`,
    html`<span class="${VERDICT_CLASS[verdict] ?? "dim"}">${verdict}</span>`,
    html`${answers.map(({ file, fields }, at) => html`${at === 0 ? null : html`<br>`}<code>${file}</code>${fields.length === 0 ? "" : `: ${fields.join(", ")}`}`)}${why}`,
    html`${gaps.join(", ")}`,
  ]);
  const frameworks = [...new Map(checklist.map(({ section, frameworks: named }) => [section, named]))];
  return html`<section>
<h2>Contents by the auditor's checklist</h2>
${table("Where each line is answered. A line answered in part has gaps, named in the last column and told in the box above.", ["Line", "Asks", "", "File and fields", "Gaps"], rows)}
<h3>Controls that these sections serve</h3>
${table(
  "",
  ["Section", "Frameworks"],
  frameworks.map(([section, named]) => [html`${section}`, html`${named}`]),
)}
</section>`;
}

function log({ eventTypes, totals, checkpoint }: PackFacts): Html {
  return html`<section>
<h2>Audit log</h2>
<p>${counted(totals.events, "event")} of the log's ${checkpoint.treeSize.toLocaleString("en")} concern this campaign and are in <code>audit/events.jsonl</code>, each with proof that it is in the log that the checkpoint commits to.</p>
${table(
  "",
  ["Event", "How many"],
  eventTypes.map(({ type, events }) => [html`<code>${type}</code>`, html`${events}`]),
  [1],
)}
</section>`;
}

function verifying({ checkpoint }: PackFacts): Html {
  return html`<section id="verify">
<h2>Verify this</h2>
<p>With Node 20 or newer, without network, without Countersign. Take the fingerprint, and if you can the verifier, from somewhere else than this pack.</p>
<pre>unzip -p PACK.zip verify.mjs &gt; verify.mjs
node verify.mjs PACK.zip --key ${checkpoint.fingerprint}</pre>
<p>The final set's digest can be made again from items.json: one line per item in order of id, "id,OUTCOME,decision id" with the outcome in capitals ("VOIDED reason" where it is void) and a line feed after each.</p>
</section>`;
}

function fileList(files: readonly ReportFile[]): Html {
  return html`<section>
<h2>Files</h2>
${table(
  "",
  ["File", "A row is"],
  files.map(({ name, holds }) => [html`<code>${name}</code>`, html`${holds}`]),
)}
</section>`;
}
