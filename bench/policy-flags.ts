import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { assess, RISKS, type Risk } from "#lib/connectors/aws/policy/assess.ts";
import { parsePolicy } from "#lib/connectors/aws/policy/document.ts";
import { EXTENTS, type Extent, extentOf } from "#lib/connectors/aws/policy/reach.ts";
import type { Fact } from "#lib/inventory/streams.ts";

const FOLDER = path.join(import.meta.dirname, "../../shared/data/iam-dataset");
const FILE = path.join(FOLDER, "aws-managed-policies.json.gz");

/** Which of the data's flags each of our risks is held against. An administrator has all four. */
const FLAGS = {
  escalation: "privesc",
  credentials: "credentials_exposure",
  resource_policies: "resource_exposure",
  data: "data_access",
} as const satisfies Partial<Record<Risk, string>>;
type Flagged = keyof typeof FLAGS;

/** One policy lacks one of them: not flagged, then. */
const flag = z.boolean().default(false);
const dataset = z.record(
  z.string(),
  z.object({ document: z.unknown(), privesc: flag, credentials_exposure: flag, resource_exposure: flag, data_access: flag }),
);

/** What the data calls the actions that a flag stands for. */
const TAGS = {
  escalation: "PrivEsc",
  credentials: "CredentialExposure",
  resource_policies: "ResourceExposure",
  data: "DataAccess",
} as const;
const tags = z.object({ iam: z.record(z.string(), z.array(z.string())) });

/** One policy: what the data says, and what we say by its document alone. Its name is read by neither side. */
type Pair = { theirs: boolean; ours: Fact };

export type FlagFigures = {
  what: string;
  positive: string;
  both: number;
  onlyOurs: number;
  onlyTheirs: number;
  unknownTheirs: number;
  unknownNot: number;
  neither: number;
  precision: number;
  recall: number;
  recallWithUnknown: number;
};

/** Why we do not say yes where the data does, by how far the policy lets the data's own actions go. */
export type MissFigures = { what: Flagged; missed: number; onNamed: number; underCondition: number; otherActions: number };

type Policies = z.infer<typeof dataset>[string][];

const readPolicies = (): Policies => Object.values(dataset.parse(JSON.parse(gunzipSync(readFileSync(FILE)).toString("utf8"))));

const ALL_RISKS = RISKS.filter((risk): risk is Flagged => risk !== "admin");

/** Our privileged flag, and each risk behind it, against the flags of iam-dataset; null where the data is not here. */
export function policyFlags(): FlagFigures[] | null {
  if (!existsSync(FILE)) return null;
  const assessed = readPolicies().map((policy) => ({ policy, ...assess(parsePolicy(policy.document)) }));
  return [
    figures(
      "privileged",
      `any of ${Object.values(FLAGS).join(", ")}`,
      assessed.map(({ policy, privileged }) => ({ theirs: Object.values(FLAGS).some((name) => policy[name]), ours: privileged })),
    ),
    ...ALL_RISKS.map((risk) =>
      figures(
        risk,
        FLAGS[risk],
        assessed.map(({ policy, reasons }) => ({ theirs: policy[FLAGS[risk]], ours: oursOf(risk, reasons) })),
      ),
    ),
  ];
}

export function missedFlags(): MissFigures[] {
  const { iam } = tags.parse(JSON.parse(readFileSync(path.join(FOLDER, "aws-tags.json"), "utf8")));
  return ALL_RISKS.map((risk) => {
    const widest = readPolicies().flatMap((policy) => {
      const document = parsePolicy(policy.document);
      if (!policy[FLAGS[risk]] || document.kind !== "document" || oursOf(risk, assess(document).reasons) === "yes") return [];
      const extents = (iam[TAGS[risk]] ?? []).map((action) => EXTENTS.indexOf(extentOf(document, action)));
      return [EXTENTS[Math.max(...extents)]];
    });
    const count = (...of: Extent[]) => widest.filter((extent) => extent !== undefined && of.includes(extent)).length;
    return {
      what: risk,
      missed: widest.length,
      onNamed: count("named", "own"),
      underCondition: count("depends"),
      otherActions: count("everywhere", "nowhere"),
    };
  });
}

function oursOf(risk: Risk, reasons: ReturnType<typeof assess>["reasons"]): Fact {
  const mine = reasons.filter((reason) => reason.risk === risk || reason.risk === "admin");
  return mine.some(({ certainty }) => certainty === "sure") ? "yes" : mine.length > 0 ? "unknown" : "no";
}

function figures(what: string, positive: string, pairs: readonly Pair[]): FlagFigures {
  const count = (theirs: boolean, ours: Fact) => pairs.filter((pair) => pair.theirs === theirs && pair.ours === ours).length;
  const [both, onlyOurs, onlyTheirs, unknownTheirs] = [count(true, "yes"), count(false, "yes"), count(true, "no"), count(true, "unknown")];
  const theirs = both + onlyTheirs + unknownTheirs;
  return {
    what,
    positive,
    both,
    onlyOurs,
    onlyTheirs,
    unknownTheirs,
    unknownNot: count(false, "unknown"),
    neither: count(false, "no"),
    precision: both / (both + onlyOurs),
    recall: both / theirs,
    recallWithUnknown: (both + unknownTheirs) / theirs,
  };
}

const COLUMNS = [
  "",
  "positive is",
  "both",
  "only ours",
  "only theirs",
  "unknown, theirs",
  "unknown, not theirs",
  "neither",
  "precision",
  "recall",
  "recall with unknown",
];

/** As a table of Markdown, with what counts as positive. */
export function flagsTable(rows: readonly FlagFigures[]): string {
  const share = (value: number) => `${(value * 100).toFixed(1)} %`;
  const cells = rows.map((row) => [
    row.what,
    row.positive,
    ...[row.both, row.onlyOurs, row.onlyTheirs, row.unknownTheirs, row.unknownNot, row.neither].map(String),
    share(row.precision),
    share(row.recall),
    share(row.recallWithUnknown),
  ]);
  return markdown([COLUMNS, ...cells]);
}

export const missedTable = (rows: readonly MissFigures[]): string =>
  markdown([
    [
      "flagged, and not yes here",
      "policies",
      "on named resources only",
      "under a condition only",
      "by actions that we count as another risk, or as none",
    ],
    ...rows.map(({ what, ...counts }) => [what, ...Object.values(counts).map(String)]),
  ]);

const markdown = ([header = [], ...rows]: readonly (readonly string[])[]): string =>
  [header, header.map(() => "---"), ...rows].map((line) => `| ${line.join(" | ")} |`).join("\n");
