/**
 * Where a name stands twice in one object of a JSON text that is already known to be valid, or null. JSON.parse keeps the last one
 * without a word, and another reader may keep the first.
 */
export function duplicateKey(json: string): { at: number } | null {
  const scopes: (Set<string> | null)[] = [];
  let isKey = false;
  for (let at = 0; at < json.length; at += 1) {
    switch (json[at]) {
      case "{":
        scopes.push(new Set());
        isKey = true;
        break;
      case "[":
        scopes.push(null);
        isKey = false;
        break;
      case "}":
      case "]":
        scopes.pop();
        isKey = false;
        break;
      case ",":
        isKey = scopes.at(-1) !== null;
        break;
      case '"': {
        const end = stringEnd(json, at);
        const names = scopes.at(-1);
        if (isKey && names) {
          const literal = json.slice(at, end + 1);
          const name = literal.includes("\\") ? String(JSON.parse(literal)) : literal.slice(1, -1);
          if (names.has(name)) return { at };
          names.add(name);
          isKey = false;
        }
        at = end;
        break;
      }
    }
  }
  return null;
}

function stringEnd(json: string, from: number): number {
  let at = from + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at;
}

/** Where a text stops being the beginning of any JSON. V8 names the place for some errors only, but it does tell a text that just ends. */
export function brokenAt(json: string): number {
  let sound = 0;
  let broken = json.length + 1;
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1;
    if (mayGoOn(json.slice(0, middle))) sound = middle;
    else broken = middle;
  }
  return sound;
}

function mayGoOn(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined ? message === "Unexpected end of JSON input" : Number(position) >= json.length;
  }
}
