import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalize } from "#lib/audit/canonical.ts";
import { ed25519Signer, signNote } from "#lib/audit/checkpoint.ts";
import type { JsonValue } from "#lib/audit/types.ts";
import { entriesOf, keyOf, packSigner, rebuild, type ToyPack, toyPack } from "#lib/testing/toy-pack.ts";
import { factsOf, rootOf } from "./manifest.ts";
import { verifyPack } from "./verifier/verify.js";

/*
 * Whoever holds the key can sign anything. These packs are made by such a hand, past our own builder, with every digest and header put
 * right: what they claim must still agree with itself and with the log.
 */

type Manifest = { [key: string]: JsonValue | undefined } & {
  files: { name: string; size: number; sha256: string; blocks: string[]; rows?: number }[];
};

let pack: ToyPack;
beforeAll(async () => {
  pack = await toyPack();
});
afterAll(() => rm(pack.folder, { recursive: true }));

async function resigned(changes: {
  contents?: (contents: Map<string, string>) => void;
  manifest?: (manifest: Manifest) => void;
  text?: (text: string) => string;
  keyWord?: string;
}): Promise<Buffer> {
  const original = entriesOf(pack.bytes).contents;
  const manifest: Manifest = JSON.parse(original.get("manifest.json")?.toString() ?? "");
  const contents = new Map(
    [...original].filter(([name]) => !name.startsWith("manifest.")).map(([name, bytes]) => [name, bytes.toString("latin1")]),
  );
  changes.contents?.(contents);
  const bytes = new Map([...contents].map(([name, text]) => [name, Buffer.from(text, "latin1")]));
  const files = [];
  for (const [name, content] of [...bytes].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const { crc32: _, rows, ...facts } = await factsOf(name, oneChunk(content));
    files.push({ ...facts, blocks: [...facts.blocks], ...(rows === null ? {} : { rows }) });
  }
  manifest.files = files;
  manifest.root = Buffer.from(rootOf(files)).toString("hex");
  changes.manifest?.(manifest);
  const text = Buffer.from((changes.text ?? ((same) => same))(canonicalize(manifest as JsonValue)));
  bytes.set("manifest.json", text).set("manifest.sig", Buffer.from(packSigner(keyOf(changes.keyWord ?? "packs")).sign(text)));
  return rebuild([...bytes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Replaces a text that must be there, so that no case passes by doing nothing. */
const edit = (name: string, from: string | RegExp, to: string) => (contents: Map<string, string>) => {
  const before = contents.get(name) ?? "";
  const after = before.replace(from, () => to);
  expect(after).not.toBe(before);
  contents.set(name, after);
};
const fileOf = (manifest: Manifest, name: string) => {
  const file = manifest.files.find((candidate) => candidate.name === name);
  if (!file) throw new Error(`no ${name}`);
  return file;
};

it("signing the honest content again gives the honest pack", async () => {
  expect(Buffer.compare(await resigned({}), pack.bytes)).toBe(0);
});

describe("a manifest that does not agree with itself is refused", () => {
  it.each<[string, Parameters<typeof resigned>[0], string]>([
    [
      "a root of other files",
      {
        manifest: (manifest) => {
          manifest.root = "0".repeat(64);
        },
      },
      "root is not that of its files",
    ],
    [
      "a file's digest, its blocks being right",
      {
        manifest: (manifest) => {
          fileOf(manifest, "gaps.txt").sha256 = "0".repeat(64);
        },
      },
      "gaps.txt does not have the SHA-256",
    ],
    [
      "a block too many",
      {
        manifest: (manifest) => {
          fileOf(manifest, "gaps.txt").blocks.push("0".repeat(64));
        },
      },
      "gaps.txt does not have the SHA-256",
    ],
    [
      "a number of rows",
      {
        manifest: (manifest) => {
          fileOf(manifest, "items.json").rows = 11;
        },
      },
      "items.json has 12 rows, the manifest says 11",
    ],
    [
      "no number of rows",
      {
        manifest: (manifest) => {
          delete fileOf(manifest, "items.csv").rows;
        },
      },
      "items.csv has 12 rows, the manifest says null",
    ],
    [
      "a fingerprint of another key",
      {
        manifest: (manifest) => {
          manifest.key = { ...(manifest.key as object), fingerprint: `sha256:${"0".repeat(64)}` };
        },
      },
      "fingerprint is not that of the key",
    ],
    ["another key than it names", { keyWord: "another" }, "signature of the manifest does not verify"],
    ["a second reading: spaces", { text: (text) => text.replace("{", "{ ") }, "could be read in two ways"],
    ["a second reading: a repeated key", { text: (text) => text.replace("{", '{"kind":"period",') }, "could be read in two ways"],
    [
      "an unknown kind",
      {
        manifest: (manifest) => {
          manifest.kind = "toString";
        },
      },
      "is no kind of pack",
    ],
    [
      "another version",
      {
        manifest: (manifest) => {
          manifest.schema_version = 2;
        },
      },
      "reads packs of version 1",
    ],
    [
      "another format",
      {
        manifest: (manifest) => {
          manifest.format = "zip";
        },
      },
      "not the manifest of an evidence pack",
    ],
    [
      "no list of files",
      {
        manifest: (manifest) => {
          Object.assign(manifest, { files: {} });
        },
      },
      "no list of files",
    ],
    [
      "a path out of the folder",
      {
        contents: (contents) => {
          contents.set("../evil.js", "x");
        },
      },
      "line for ../evil.js is unsound",
    ],
    [
      "a missing report",
      {
        contents: (contents) => {
          contents.delete("report.html");
        },
      },
      "must hold report.html",
    ],
    [
      "another key file",
      {
        contents: (contents) => {
          contents.set("public-key.pem", keyOf("x").export({ format: "pem", type: "pkcs8" }).toString());
        },
      },
      "not shaped as a pack",
    ],
    [
      "tables of different length",
      {
        contents: (contents) => {
          contents.set("items.csv", '"id"\r\n"1"\r\n');
        },
      },
      "items.csv has 1 rows, items.json has 12",
    ],
    [
      "names that differ by case",
      {
        contents: (contents) => {
          contents.set("ITEMS.csv", "x");
        },
      },
      "by case only",
    ],
  ])("%s", async (_name, changes, message) => {
    const verdict = await verifyPack(await resigned(changes));
    expect(verdict.verdict).toBe("refused");
    expect(verdict.problems.map((problem) => problem.message).join("\n")).toContain(message);
  });
});

describe("a log that does not hold what is shown is refused", () => {
  const checkpointText = () => (entriesOf(pack.bytes).contents.get("audit/checkpoint.txt")?.toString() ?? "").split("\n\n")[0] ?? "";
  const other = ed25519Signer("countersign/7c1d6e52", keyOf("not the log"));
  const asBytes = (text: string) => Buffer.from(text).toString("latin1");

  it.each<[string, () => Parameters<typeof resigned>[0], string]>([
    [
      "a checkpoint signed by another key of the same name",
      () => ({
        contents: (contents) => {
          contents.set("audit/checkpoint.txt", asBytes(signNote(`${checkpointText()}\n`, [other])));
        },
      }),
      "checkpoint's signature does not verify",
    ],
    [
      "a checkpoint with a broken signature",
      () => ({
        contents: (contents) => {
          const note = contents.get("audit/checkpoint.txt") ?? "";
          contents.set(
            "audit/checkpoint.txt",
            note.replace(/.(?===?\n$)/, (last) => (last === "A" ? "B" : "A")),
          );
        },
      }),
      "checkpoint's signature does not verify",
    ],
    [
      "a checkpoint other than the manifest's",
      () => ({ contents: edit("audit/checkpoint.txt", "\n24\n", "\n25\n") }),
      "not the one that the manifest names",
    ],
    [
      "another root than the manifest's",
      () => ({
        manifest: (manifest) => {
          manifest.checkpoint = { ...(manifest.checkpoint as object), root: Buffer.alloc(32).toString("base64") };
        },
      }),
      "not the one that the manifest names",
    ],
    [
      "a size that both name but nobody signed",
      () => ({
        contents: edit("audit/checkpoint.txt", "\n24\n", "\n25\n"),
        manifest: (manifest) => {
          manifest.checkpoint = { ...(manifest.checkpoint as object), size: 25 };
        },
      }),
      "checkpoint's signature does not verify",
    ],
    ["extension lines", () => ({ contents: edit("audit/checkpoint.txt", "\n\n", "\nmore\n\n") }), "no checkpoint"],
    [
      "no note",
      () => ({
        contents: (contents) => {
          contents.set("audit/checkpoint.txt", "hello\n");
        },
      }),
      "no checkpoint",
    ],
    [
      "a log key whose id is another's",
      () => ({
        manifest: (manifest) => {
          const said = manifest.checkpoint as Record<string, string>;
          manifest.checkpoint = { ...said, verifier_key: (said.verifier_key ?? "").replace(/\+[0-9a-f]{8}\+/, "+00000000+") };
        },
      }),
      "does not fit it",
    ],
    [
      "the last event left out",
      () => ({
        contents: (contents) => {
          contents.set("audit/events.jsonl", (contents.get("audit/events.jsonl") ?? "").replace(/[^\n]*\n$/, ""));
        },
      }),
      "does not fit before leaf 24",
    ],
    [
      "an event in the middle left out",
      () => ({
        contents: (contents) => {
          const lines = (contents.get("audit/events.jsonl") ?? "").split("\n");
          contents.set("audit/events.jsonl", lines.toSpliced(5, 1).join("\n"));
        },
      }),
      "does not fit before leaf",
    ],
    [
      "two events exchanged",
      () => ({
        contents: (contents) => {
          const lines = (contents.get("audit/events.jsonl") ?? "").split("\n");
          contents.set(
            "audit/events.jsonl",
            lines
              .with(4, lines[5] ?? "")
              .with(5, lines[4] ?? "")
              .join("\n"),
          );
        },
      }),
      "does not fit before leaf 10",
    ],
    [
      "an event twice",
      () => ({
        contents: (contents) => {
          const lines = (contents.get("audit/events.jsonl") ?? "").split("\n");
          contents.set("audit/events.jsonl", lines.toSpliced(4, 0, lines[4] ?? "").join("\n"));
        },
      }),
      "out of order",
    ],
    [
      "an event beyond the log",
      () => ({ contents: edit("audit/events.jsonl", '"leaf_index":1,', '"leaf_index":24,') }),
      "not in the log of 24 events",
    ],
    [
      "a hash of the proof changed",
      () => ({
        contents: (contents) => {
          const proofs = contents.get("audit/proofs.jsonl") ?? "";
          contents.set(
            "audit/proofs.jsonl",
            proofs.replace(/"hash":"(.)/, (_, digit) => `"hash":"${digit === "0" ? "1" : "0"}`),
          );
        },
      }),
      "not those of the log",
    ],
    [
      "a hash of the proof left out",
      () => ({
        contents: (contents) => {
          contents.set("audit/proofs.jsonl", (contents.get("audit/proofs.jsonl") ?? "").replace(/^[^\n]*\n/, ""));
        },
      }),
      "The proof does not fit before leaf 1",
    ],
    [
      "a hash too many",
      () => ({
        contents: (contents) => {
          const proofs = contents.get("audit/proofs.jsonl") ?? "";
          contents.set("audit/proofs.jsonl", `${proofs}${proofs.split("\n")[0]}\n`);
        },
      }),
      "not those of the log",
    ],
    [
      "an inner hash in place of the events below it",
      () => ({
        contents: (contents) => {
          contents.set("audit/events.jsonl", "");
        },
      }),
      "does not fit before leaf 24",
    ],
    ["a line that is no JSON", () => ({ contents: edit("audit/events.jsonl", "{", "") }), "a line that is no record"],
    ["a last line without its end", () => ({ contents: edit("audit/events.jsonl", /\n$/, "") }), "does not end with its last line"],
  ])("%s", async (_name, changes, message) => {
    const verdict = await verifyPack(await resigned(changes()));
    expect(verdict.verdict).toBe("refused");
    expect(verdict.problems.map((problem) => problem.message).join("\n")).toContain(message);
  });
});

describe("tables that do not agree are refused", () => {
  const lines = (text: string) => text.split("\n");
  const row = (text: string, index: number): Record<string, JsonValue> => JSON.parse((lines(text)[index + 1] ?? "").replace(/,$/, ""));
  const withRow = (text: string, index: number, change: Record<string, JsonValue>) =>
    lines(text)
      .with(index + 1, `${canonicalize({ ...row(text, index), ...change })},`)
      .join("\n");
  const changeTable = (name: string, change: (text: string) => string) => (contents: Map<string, string>) => {
    contents.set(name, change(contents.get(name) ?? ""));
  };

  it.each<[string, () => Parameters<typeof resigned>[0], string]>([
    [
      "a decision moved to another item, with that item's outcome",
      () => ({
        contents: (contents) => {
          const decisions = contents.get("decisions.json") ?? "";
          const [first, third] = [row(decisions, 0), row(decisions, 2)];
          const moved = withRow(withRow(decisions, 0, { ...third, item_id: first.item_id ?? "" }), 2, {
            ...first,
            item_id: third.item_id ?? "",
          });
          contents.set("decisions.json", moved);
          const items = contents.get("items.json") ?? "";
          contents.set("items.json", withRow(withRow(items, 0, { decision_id: third.id ?? "" }), 2, { decision_id: first.id ?? "" }));
        },
      }),
      "is not what event",
    ],
    [
      "the history of an item turned round",
      () => ({
        contents: changeTable("decisions.json", (text) => {
          const at = 4; // the fifth item changed its mind: versions 1 and 2
          return lines(text)
            .with(at + 1, lines(text)[at + 2] ?? "")
            .with(at + 2, lines(text)[at + 1] ?? "")
            .join("\n");
        }),
      }),
      "repeated or out of order",
    ],
    [
      "a reassignment of an item that is not there",
      () => ({
        contents: (contents) => {
          contents.set("reassignments.json", '[\n{"id":"1","item_id":"zz"}\n]\n');
          contents.set("reassignments.csv", '"id"\r\n"1"\r\n');
        },
      }),
      "not under review",
    ],
    [
      "a remediation of an item that is not there",
      () => ({
        contents: (contents) => {
          contents.set("remediation.json", '[\n{"id":"1","item_id":"zz"}\n]\n');
          contents.set("remediation.csv", '"id"\r\n"1"\r\n');
        },
      }),
      "not under review",
    ],
    ["a list that ends early", () => ({ contents: changeTable("items.json", (text) => text.replace(/\n\]\n$/, ",\n]\n")) }), "no record"],
    [
      "two records on a line",
      () => ({
        contents: (contents) => {
          contents.set("population.json", '[\n{"read":"0"},{"read":"0"}\n]\n');
        },
      }),
      "no record",
    ],
    [
      "a list after the list",
      () => ({
        contents: (contents) => {
          contents.set("population.json", `${contents.get("population.json") ?? ""}[\n]\n`);
          contents.set("population.csv", '"id"\r\n"1"\r\n"2"\r\n"3"\r\n');
        },
      }),
      "no list of one record a line",
    ],
  ])("%s", async (_name, changes, message) => {
    const verdict = await verifyPack(await resigned(changes()));
    expect(verdict.verdict).toBe("refused");
    expect(verdict.problems.map((problem) => problem.message).join("\n")).toContain(message);
  });
});
