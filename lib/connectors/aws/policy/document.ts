/** One condition: operator ("StringLike"), key ("aws:SourceIp") and the values of which one must fit. */
export type Condition = { readonly operator: string; readonly key: string; readonly values: readonly string[] };

/** What a statement names: these, or (`isExcept`) everything but these. */
export type Named = { readonly isExcept: boolean; readonly patterns: readonly string[] };

export type Statement = {
  readonly effect: "Allow" | "Deny";
  readonly actions: Named;
  /** null in a trust, which is about the role that it belongs to. */
  readonly resources: Named | null;
  readonly conditions: readonly Condition[];
  /** By kind ("AWS", "Service", "Federated"); only a trust names them. */
  readonly principals: readonly { readonly kind: string; readonly value: string }[];
  readonly isAllBut: boolean;
};

export type PolicyDocument = { readonly kind: "document"; readonly statements: readonly Statement[]; readonly canonical: string };
/** A document that cannot be understood says nothing, neither of power nor of its absence. */
export type Unreadable = { readonly kind: "unreadable"; readonly reason: string };

/** AWS itself stops far below these. */
const MAX_CHARACTERS = 400_000;
const MAX_STATEMENTS = 2_000;
const MAX_PATTERNS = 20_000;
const MAX_PATTERN = 2_048;

/** A document as the API gives it (percent-encoded JSON), as the CLI does (an object), or as text. */
export function parsePolicy(given: unknown): PolicyDocument | Unreadable {
  try {
    const document = objectOf(typeof given === "string" ? decoded(given) : given, "the document");
    const canonical = JSON.stringify(ordered(document), null, 1);
    if (canonical.length > MAX_CHARACTERS) throw new Broken(`it has more than ${MAX_CHARACTERS} characters`);
    const statements = listOf(document.Statement).map((each, index) => statementOf(each, index + 1));
    if (statements.length > MAX_STATEMENTS) throw new Broken(`it has more than ${MAX_STATEMENTS} statements`);
    const patterns = statements.reduce((sum, each) => sum + each.actions.patterns.length + (each.resources?.patterns.length ?? 0), 0);
    if (patterns > MAX_PATTERNS) throw new Broken(`it names more than ${MAX_PATTERNS} actions and resources`);
    return { kind: "document", statements, canonical };
  } catch (error) {
    if (error instanceof Broken) return { kind: "unreadable", reason: error.message };
    if (error instanceof RangeError) return { kind: "unreadable", reason: "it is nested too deeply" };
    throw error;
  }
}

class Broken extends Error {}

function decoded(text: string): unknown {
  if (text.length > MAX_CHARACTERS * 3) throw new Broken(`it has more than ${MAX_CHARACTERS} characters`);
  try {
    // A plain document may hold a "%" of its own, but none starts with one.
    return JSON.parse(text.trimStart().startsWith("%7B") || text.trimStart().startsWith("%7b") ? decodeURIComponent(text) : text);
  } catch {
    throw new Broken("it is not JSON");
  }
}

function statementOf(given: unknown, number: number): Statement {
  const place = `statement ${number}`;
  const statement = objectOf(given, place);
  const { Effect: effect } = statement;
  if (effect !== "Allow" && effect !== "Deny") throw new Broken(`${place} neither allows nor denies`);
  const principals = principalsOf(statement.Principal ?? statement.NotPrincipal, place);
  return {
    effect,
    actions: namedOf(statement, "Action", place) ?? { isExcept: false, patterns: [] },
    resources: namedOf(statement, "Resource", place),
    conditions: conditionsOf(statement.Condition, place),
    principals,
    isAllBut: statement.NotPrincipal !== undefined,
  };
}

function namedOf(statement: Record<string, unknown>, name: "Action" | "Resource", place: string): Named | null {
  const [plain, except] = [statement[name], statement[`Not${name}`]];
  if (plain !== undefined && except !== undefined) throw new Broken(`${place} has both ${name} and Not${name}`);
  if (plain === undefined && except === undefined) return null;
  return { isExcept: except !== undefined, patterns: textsOf(plain ?? except, `${name} of ${place}`) };
}

function conditionsOf(given: unknown, place: string): Condition[] {
  if (given === undefined || given === null) return [];
  return Object.entries(objectOf(given, `the condition of ${place}`)).flatMap(([operator, keys]) =>
    Object.entries(objectOf(keys, `the condition of ${place}`)).map(([key, values]) => ({
      operator,
      key,
      values: textsOf(values, `the condition of ${place}`),
    })),
  );
}

function principalsOf(given: unknown, place: string): Statement["principals"] {
  if (given === undefined) return [];
  if (given === "*") return [{ kind: "AWS", value: "*" }];
  return Object.entries(objectOf(given, `the principal of ${place}`)).flatMap(([kind, values]) =>
    textsOf(values, `the principal of ${place}`).map((value) => ({ kind, value })),
  );
}

const listOf = (given: unknown): unknown[] => (given === undefined ? [] : Array.isArray(given) ? given : [given]);

function textsOf(given: unknown, place: string): string[] {
  return listOf(given).map((each) => {
    if (typeof each !== "string" && typeof each !== "boolean" && typeof each !== "number") throw new Broken(`${place} is not text`);
    const text = String(each);
    if (text.length > MAX_PATTERN) throw new Broken(`${place} is longer than ${MAX_PATTERN} characters`);
    return text;
  });
}

function objectOf(given: unknown, place: string): Record<string, unknown> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new Broken(`${place} is not an object`);
  return given as Record<string, unknown>;
}

/** The same document whatever the order of its keys and lists: only what it says is a change. */
function ordered(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((each) => ordered(each));
    return name !== "Statement" && items.every((each) => typeof each === "string") ? [...new Set(items)].sort() : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return Object.fromEntries(entries.map(([key, each]) => [key, ordered(each, key)]));
}
