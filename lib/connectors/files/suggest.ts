import { columnsOf, STREAM_NAMES, type Stream } from "#lib/inventory/streams.ts";
import type { Cell } from "./jsonl.ts";
import { type Expression, type FileFormat, type FileMapping, mappingProblems, type Target } from "./mapping.ts";
import { isPrivateColumn, type Meaning, meaningOf, VALUE_WORDS } from "./words.ts";

export type Sample = { name: string; format: FileFormat; columns: readonly string[]; rows: readonly (readonly Cell[])[] };

/** A mapping to start from and why it looks so; `targets` is empty where the header says nothing. */
export type Suggestion = { mapping: FileMapping; reasons: string[] };

/** Proposes what a file is from its header, its name and some rows. A proposal only: the preview shows what it would yield. */
export function suggestMapping(sample: Sample): Suggestion {
  const native = nativeStream(sample);
  const excluded = native ? [] : sample.columns.filter(isPrivateColumn);
  const mapping = (targets: Target[]): FileMapping => ({
    name: sample.name,
    format: sample.format,
    columns: [...sample.columns],
    excluded,
    targets,
  });
  if (native) {
    const columns = Object.fromEntries(sample.columns.map((column) => [column, { column }]));
    return { mapping: mapping([{ stream: native, columns }]), reasons: [`The header is that of ${native}.`] };
  }
  const file = new Columns({ ...sample, columns: sample.columns.map((name) => (excluded.includes(name) ? "" : name)) });
  const privacy = excluded.map((name) => `The column ${name} looks private and is left out.`);
  const targets = targetsOf(file).filter((target) => mappingProblems({ ...mapping([target]), excluded }).length === 0);
  const streams = [...new Set(targets.map(({ stream }) => stream))];
  const reason = streams.length > 0 ? `The header reads as ${streams.join(", ")}.` : "The header says no more: choose a stream.";
  return { mapping: mapping(targets), reasons: [reason, ...file.reasons, ...privacy] };
}

/** The stream whose own column names the header is made of; where several fit (external_id, name), the file's name decides. */
function nativeStream({ name, columns }: Sample): Stream | null {
  const fits = STREAM_NAMES.filter((stream) => {
    const known = columnsOf(stream);
    const required = Object.entries(known).flatMap(([column, kind]) => ("required" in kind ? [column] : []));
    return columns.every((column) => Object.hasOwn(known, column)) && required.every((column) => columns.includes(column));
  });
  const named = fits.filter((stream) => name.toLowerCase().includes(stream));
  return named.length === 1 ? (named[0] ?? null) : fits.length === 1 ? (fits[0] ?? null) : null;
}

/** The columns of a file by meaning, and what their sample cells hold. */
class Columns {
  readonly reasons: string[] = [];
  readonly fileName: string;
  readonly #sample: Sample;
  readonly #meanings: readonly (Meaning | null)[];

  constructor(sample: Sample) {
    this.#sample = sample;
    this.fileName = sample.name.toLowerCase();
    this.#meanings = sample.columns.map((name) => (name === "" ? null : meaningOf(name)));
  }

  /** The first column that means one of these; the order of `meanings` is the preference. */
  find(...meanings: Meaning[]): string | null {
    for (const meaning of meanings) {
      const index = this.#meanings.indexOf(meaning);
      if (index !== -1) return this.#sample.columns[index] ?? null;
    }
    return null;
  }

  has = (...meanings: Meaning[]) => this.find(...meanings) !== null;

  cells(column: string): Cell[] {
    const index = this.#sample.columns.indexOf(column);
    return this.#sample.rows.flatMap((cells) => {
      const cell = cells[index];
      return cell === undefined || cell.length === 0 ? [] : [cell];
    });
  }

  get delimiter(): string {
    return this.#sample.format.kind === "csv" ? this.#sample.format.delimiter : "";
  }

  get rowCount(): number {
    return this.#sample.rows.length;
  }
}

const SEPARATORS = ["#", "|", ";", "\n", ","];

/** What separates the parts of a list in a cell, where the sample shows it. A comma inside a directory name separates nothing. */
function separatorOf(file: Columns, column: string): string | null {
  const cells = file.cells(column);
  if (cells.some((cell) => typeof cell !== "string")) return ";";
  const texts = cells.map(String);
  const isDirectoryName = texts.some((text) => /[a-z]=.+,[a-z]+=/i.test(text));
  const usable = SEPARATORS.filter((separator) => separator !== file.delimiter && !(separator === "," && isDirectoryName));
  return usable.find((separator) => texts.some((text) => text.includes(separator))) ?? null;
}

function targetsOf(file: Columns): Target[] {
  if (file.has("holder") && file.has("entitlement")) return [grantList(file)];
  if (file.has("entitlement") && !file.has("login", "mail", "given_name", "employee_number")) return [entitlementList(file)];

  const isNamedHr = /(^|[^a-z])(hr|people|persons?|employees?|staff|workers?|students?)([^a-z]|$)/.test(file.fileName);
  const isAccountNamed = /account|user|ldap|directory|identit/.test(file.fileName);
  const isPerson = file.has("given_name", "family_name", "full_name", "employee_number", "mail");
  const isAccount = file.has("login", "dn", "groups", "disabled") || isAccountNamed;
  const groups = groupColumn(file);
  if (groups) return [accounts(file), ...memberships(file, groups)];
  if (isPerson && isNamedHr) return [people(file)];
  if (isAccount && (isPerson || file.has("login", "dn"))) return [accounts(file)];
  if (isPerson) return [people(file)];
  if (file.has("resource_id", "parent") || (file.has("record_id", "department") && file.has("plain_name"))) return [resources(file)];
  return [];
}

/** A column of groups by its name, or a vaguely named one (organization) that shows lists in its cells. */
function groupColumn(file: Columns): string | null {
  const certain = file.find("groups");
  if (certain) return certain;
  const maybe = file.find("maybe_groups");
  return maybe && separatorOf(file, maybe) !== null && file.has("login", "record_id") ? maybe : null;
}

type Draft = Record<string, Expression | null>;
const kept = (draft: Draft) => Object.fromEntries(Object.entries(draft).flatMap(([name, from]) => (from === null ? [] : [[name, from]])));
const column = (name: string | null): Expression | null => (name === null ? null : { column: name });

/** A column read through a list of words, if the words cover every value in the sample; else the value would be refused later. */
function translated(file: Columns, name: string | null, values: Readonly<Record<string, string>>): Expression | null {
  if (name === null) return null;
  const isCovered = file.cells(name).every((cell) => Object.hasOwn(values, String(cell).trim().toLowerCase()));
  if (!isCovered) file.reasons.push(`The column ${name} holds words that are not known here; map them to use it.`);
  return isCovered ? { column: name, values: { ...values } } : null;
}

function nameOf(file: Columns, fallback: string | null): Expression | null {
  const full = file.find("full_name");
  if (full) return { column: full };
  const given = file.find("given_name");
  const family = file.find("family_name");
  if (given && family) return { template: `{${given}} {${family}}` };
  return column(file.find("plain_name", "family_name", "given_name", "login") ?? fallback);
}

function people(file: Columns): Target {
  const id = file.find("employee_number", "record_id", "login", "mail", "full_name", "plain_name");
  const title = file.find("title");
  return {
    stream: "people",
    columns: kept({
      external_id: column(id),
      name: nameOf(file, id),
      mail: column(file.find("mail")),
      user_name: column(file.find("login")),
      title: column(title),
      department: column(file.find("department")),
      manager: column(file.find("manager")),
      sponsor: column(file.find("sponsor")),
      employment: translated(file, file.find("employment"), VALUE_WORDS.employment),
      status:
        translated(file, file.find("disabled"), VALUE_WORDS.personDisabled) ??
        translated(file, file.find("enabled"), VALUE_WORDS.personEnabled) ??
        translated(file, file.find("status"), VALUE_WORDS.personStatus),
      started_on: column(file.find("started")),
      ended_on: column(file.find("ended")),
    }),
  };
}

const accountId = (file: Columns) => file.find("record_id", "login", "dn", "employee_number", "plain_name", "mail", "full_name");

function accounts(file: Columns): Target {
  const id = accountId(file);
  return {
    stream: "identities",
    columns: kept({
      external_id: column(id),
      name: nameOf(file, id),
      login: column(file.find("login") ?? (file.has("record_id", "given_name") ? file.find("plain_name") : null)),
      mail: column(file.find("mail")),
      class: classOf(file),
      status:
        translated(file, file.find("disabled"), VALUE_WORDS.identityDisabled) ??
        translated(file, file.find("enabled"), VALUE_WORDS.identityEnabled) ??
        translated(file, file.find("status"), VALUE_WORDS.identityStatus),
      person: column(file.find("employee_number")),
      owner: column(file.find("owner")),
      purpose: column(file.find("purpose")),
      environment: translated(file, file.find("environment"), VALUE_WORDS.environment),
      created: column(file.find("created")),
      last_used: column(file.find("last_used")),
    }),
  };
}

/** Humans only where every row has both a given and a family name; otherwise the class stays unknown. */
function classOf(file: Columns): Expression | null {
  const stated = translated(file, file.find("class"), VALUE_WORDS.identityClass);
  if (stated) return stated;
  const names = [file.find("given_name"), file.find("family_name")];
  const isFull = names.every((name) => name !== null && file.cells(name).length === file.rowCount);
  if (!isFull || file.rowCount === 0) return null;
  file.reasons.push(
    "Every row seen has a given and a family name, so all are taken for humans; change it if service accounts are among them.",
  );
  return { constant: "human" };
}

function memberships(file: Columns, groups: string): Target[] {
  const separator = separatorOf(file, groups) ?? (file.delimiter === ";" ? "#" : ";");
  const split = { column: groups, separator };
  const shown = separator === "\n" ? "line breaks" : `"${separator}"`;
  file.reasons.push(`The column ${groups} holds lists, separated by ${shown}: each part becomes an entitlement and a grant.`);
  return [
    { stream: "entitlements", columns: { external_id: { column: groups }, name: { column: groups } }, split, distinct: true },
    {
      stream: "grants",
      columns: kept({ holder_kind: { constant: "identity" }, holder: column(accountId(file)), entitlement: { column: groups } }),
      split,
    },
  ];
}

function resources(file: Columns): Target {
  const id = file.find("resource_id", "record_id", "department", "plain_name", "resource_name");
  return {
    stream: "resources",
    columns: kept({
      external_id: column(id),
      name: column(file.find("plain_name", "full_name", "resource_name") ?? id),
      owner: column(file.find("owner", "manager")),
      parent: column(file.find("parent")),
      environment: translated(file, file.find("environment"), VALUE_WORDS.environment),
    }),
  };
}

function entitlementList(file: Columns): Target {
  const id = file.find("entitlement");
  const resource = file.find("resource_id", "resource_name");
  // Baton's files name an entitlement within its resource, and its grants say "resource:entitlement".
  const isSlug = resource !== null && !file.fileName.includes("grant");
  return {
    stream: "entitlements",
    columns: kept({
      external_id: isSlug ? { template: `{${resource}}:{${id}}` } : column(id),
      resource: column(resource),
      name: column(file.find("full_name", "plain_name") ?? id),
      meaning: column(file.find("description")),
      privileged: translated(file, file.find("privileged"), VALUE_WORDS.fact),
    }),
  };
}

function grantList(file: Columns): Target {
  return {
    stream: "grants",
    columns: kept({
      holder: column(file.find("holder")),
      entitlement: column(file.find("entitlement")),
      started: column(file.find("started", "created")),
      expires: column(file.find("expires", "ended")),
      last_used: column(file.find("last_used")),
      granted_by: column(file.find("granted_by")),
      reason: column(file.find("reason")),
    }),
  };
}
