import { always, type GapRule } from "./gap-rule.ts";

/** What this version records or makes for no campaign at all. A rule leaves the list when the product learns the thing. */
export const OF_VERSION = {
  no_queries: {
    lines: ["A2"],
    find: () =>
      always(
        "The statements and requests that the connectors sent are not in the pack: connector, product version and the settings that they were sent by are.",
      ),
  },
  no_system_owners: {
    lines: ["A1"],
    find: () =>
      always(
        "Who owns each source as a system is not recorded. Who set the scope, and so left the others out, is in sources.csv and exclusions.csv; nobody else approved it.",
      ),
  },
  no_raw_rows: {
    lines: ["A4"],
    find: () => always("Raw rows are not in the pack. Digests of what was read are, and uploaded files can be compared with theirs."),
  },
  no_explanation: {
    lines: ["A5"],
    find: () => always("Changes against the run before are counted; an explanation is recorded only where the gate objected."),
  },
  no_extensions: {
    lines: ["D2"],
    find: () => always("Deadlines cannot be extended in this version, only shifted by a pause, which is in the log."),
  },
  no_context_kept: {
    lines: ["C3"],
    find: () => always("Tickets were not on the reviewers' screens. Exceptions were; which, their dates in exceptions.csv tell."),
  },
  no_cadence: { lines: ["D1"], find: () => always("How often each class of access has to be reviewed is not recorded.") },
  no_risk_register: {
    lines: ["F1"],
    find: () => always("Exceptions are not tied to an entry of a risk register: this version keeps none."),
  },
  machine_facts_in_part: {
    lines: ["G1", "G2", "G3"],
    find: () =>
      always(
        "When a credential was last used, whether who made it is still employed, and the approval of interactive sign-in are not recorded. Owners are as their sources tell them.",
      ),
  },
  no_secret_scan: { lines: ["G5"], find: () => always("No result of a secret scan is tied to the identities.") },
  no_pdf: { lines: ["H1"], find: () => always("There is no PDF. report.html prints on A4 and Letter.") },
  no_sample: {
    lines: ["H5"],
    find: () =>
      always("No sample was drawn. Items are in a fixed order (id), so a seed of the auditor's own gives the same sample to everyone."),
  },
  no_retention_lock: { lines: ["H6"], find: () => always("There is no retention lock on packs and records yet.") },
  addresses_closed: {
    lines: ["H6"],
    find: () => always("Network addresses and browsers of those who acted are committed to in the log and not opened in this pack."),
  },
} as const satisfies Record<string, GapRule>;
