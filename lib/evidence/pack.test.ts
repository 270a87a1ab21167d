import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyInclusion } from "#lib/audit/merkle.ts";
import { entriesOf, keyOf, packSigner, rebuild, type ToyPack, toyPack } from "#lib/testing/toy-pack.ts";
import { isEntryName } from "./container.ts";
import { MANIFEST_FORMAT, REQUIRED_FILES } from "./manifest.ts";
import { fingerprintFrom, run, tableCrc32, verifyPack } from "./verifier/verify.js";

const folders: string[] = [];
const packOf = async (options?: Parameters<typeof toyPack>[0]): Promise<ToyPack> => {
  const pack = await toyPack(options);
  folders.push(pack.folder);
  return pack;
};
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

let pack: ToyPack;
beforeAll(async () => {
  pack = await packOf();
});

describe("an honest pack", () => {
  it("verifies, from a file and from memory, and says what it is", async () => {
    const verdict = await verifyPack(pack.file, { key: pack.fingerprint });
    expect(verdict.problems).toEqual([]);
    expect(verdict).toMatchObject({
      verdict: "verified",
      key: { fingerprint: pack.fingerprint, pinned: true },
      pack: {
        kind: "campaign",
        campaign: { name: "Q4 access review" },
        checkpoint: { size: 24 },
        events: 12,
        values_shown: 22,
        values_withheld: 2,
      },
    });
    expect(verdict.pack?.counts).toEqual({ items: 12, decisions: 12, decided: 10 });
    expect((await verifyPack(pack.bytes)).verdict).toBe("verified");
  });

  it("says so when only the pack itself vouches for its key", async () => {
    expect((await verifyPack(pack.bytes)).key).toMatchObject({ pinned: false });
  });

  it("is the same bytes when made again", async () => {
    expect(Buffer.compare((await packOf()).bytes, pack.bytes)).toBe(0);
  });

  it("hands out the inclusion proof of one event, which stands on its own", async () => {
    const { proof } = await verifyPack(pack.bytes, { proof: "1009" });
    if (!proof) throw new Error("no proof was given");
    const bytes = (text: string) => Buffer.from(text, "hex");
    const claim = {
      leaf: bytes(proof.leaf_hash),
      index: proof.leaf_index,
      size: proof.tree_size,
      proof: proof.path.map(bytes),
      root: bytes(proof.root_hash),
    };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, index: claim.index + 1 })).toBe(false);
  });

  it("proves each of its events singly", async () => {
    for (let leaf = 0; leaf < 24; leaf += 1) {
      const { proof } = await verifyPack(pack.bytes, { proof: String(1000 + leaf) });
      if (proof === null) continue;
      const bytes = (text: string) => Buffer.from(text, "hex");
      expect(proof.leaf_index).toBe(leaf);
      expect(
        verifyInclusion({
          leaf: bytes(proof.leaf_hash),
          index: leaf,
          size: 24,
          proof: proof.path.map(bytes),
          root: bytes(proof.root_hash),
        }),
      ).toBe(true);
    }
  });

  it("opens safely in a spreadsheet", () => {
    const { contents } = entriesOf(pack.bytes);
    expect(contents.get("decisions.csv")?.toString()).toContain(`"'=left(the team)"`);
    expect(contents.get("decisions.json")?.toString()).toContain('"=left(the team)"');
  });

  it("has a signature that openssl verifies, without us", async (context) => {
    const { contents } = entriesOf(pack.bytes);
    const folder = await mkdtemp(join(tmpdir(), "countersign-openssl-"));
    folders.push(folder);
    for (const name of ["manifest.json", "manifest.sig", "public-key.pem"]) await writeFile(join(folder, name), contents.get(name) ?? "");
    const args = ["pkeyutl", "-verify", "-pubin", "-inkey", "public-key.pem", "-rawin", "-in", "manifest.json", "-sigfile", "manifest.sig"];
    try {
      expect(execFileSync("openssl", args, { cwd: folder, encoding: "utf8" })).toContain("Verified Successfully");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") context.skip("no openssl here");
      throw error;
    }
  });
});

describe("a pack of somebody else", () => {
  it("signed with another key is refused where the key is pinned, in any form of the key", async () => {
    const forged = await packOf({ key: "somebody else" });
    expect((await verifyPack(forged.bytes)).verdict).toBe("verified");
    const raw = Buffer.from(packSigner(keyOf("packs")).publicKey).toString("base64");
    const pem = await readPem(pack);
    for (const key of [pack.fingerprint, raw, pem]) {
      expect((await verifyPack(pack.bytes, { key })).verdict).toBe("verified");
      const verdict = await verifyPack(forged.bytes, { key });
      expect(verdict).toMatchObject({ verdict: "refused", problems: [{ code: "KEY" }] });
    }
  });

  it("is refused for each file taken over from a pack with the same key", async () => {
    const other = await packOf({ name: "Q3 access review" });
    const [ours, theirs] = [entriesOf(pack.bytes).contents, entriesOf(other.bytes).contents];
    let swapped = 0;
    for (const [name, content] of theirs) {
      if (Buffer.compare(ours.get(name) ?? Buffer.alloc(0), content) === 0) continue;
      swapped += 1;
      const mixed = new Map(ours).set(name, content);
      expect([name, (await verifyPack(rebuild([...mixed]))).verdict]).toEqual([name, "refused"]);
    }
    expect(swapped).toBeGreaterThan(8);
    const mixed = new Map(ours);
    for (const name of ["manifest.json", "manifest.sig"]) mixed.set(name, theirs.get(name) ?? Buffer.alloc(0));
    expect((await verifyPack(rebuild([...mixed]))).verdict).toBe("refused");
  });
});

describe("the container admits no second spelling", () => {
  const refused = async (bytes: Buffer) => {
    const verdict = await verifyPack(bytes);
    expect(verdict.verdict).toBe("refused");
    expect(verdict.problems.length).toBeGreaterThan(0);
    return verdict.problems[0];
  };
  const contentsNow = () => [...entriesOf(pack.bytes).contents];

  it("rebuilding it from its entries gives it back", () => {
    expect(Buffer.compare(rebuild(contentsNow()), pack.bytes)).toBe(0);
  });

  it("refuses bytes before and after it, and a comment", async () => {
    await refused(Buffer.concat([Buffer.from("MZ"), pack.bytes]));
    expect(await refused(Buffer.concat([pack.bytes, Buffer.of(0)]))).toMatchObject({ code: "CONTAINER", field: "end: trailing bytes" });
    const commented = Buffer.concat([pack.bytes, Buffer.from("hello")]);
    commented.writeUInt16LE(5, pack.bytes.length - 2);
    expect(await refused(commented)).toMatchObject({ code: "CONTAINER", field: "end: comment length" });
  });

  it("refuses every truncation", { timeout: 60_000 }, async () => {
    for (let cut = 1; cut <= pack.bytes.length; cut += cut < 3000 ? 1 : 997) await refused(pack.bytes.subarray(0, pack.bytes.length - cut));
  });

  it("refuses a file that stands there twice, under the same name or another case", async () => {
    const contents = contentsNow();
    for (const [at, [name, content]] of contents.entries()) {
      const again = contents.toSpliced(at, 0, [name, content]);
      expect(await refused(rebuild(again))).toMatchObject({ code: "CONTAINER", file: name });
      await refused(rebuild(contents.toSpliced(at, 0, [name.toUpperCase() === name ? name.toLowerCase() : name.toUpperCase(), content])));
    }
  });

  it.each(["../evil.js", "/etc/cron.d/evil", "audit/../../evil", "C:\\evil", "ITEMS.CSV", "extra.txt", "items.csv "])(
    "refuses another file named %j",
    async (name) => {
      const entries: [string, Buffer][] = [...contentsNow(), [name, Buffer.from("x")]];
      const problem = await refused(rebuild(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))));
      expect([problem?.code, problem?.file?.toLowerCase()]).toEqual(["CONTAINER", name.toLowerCase()]);
    },
  );

  it("refuses a missing, a renamed and a misplaced file", async () => {
    const contents = contentsNow();
    for (const [at, [name, content]] of contents.entries()) {
      expect(await refused(rebuild(contents.toSpliced(at, 1)))).toMatchObject({ file: name });
      await refused(rebuild(contents.toSpliced(at, 1, [`${name}x`, content])));
      await refused(rebuild(contents.toSpliced(at, 1, [name.replace(/[a-z]/, (letter) => letter.toUpperCase()), content])));
    }
    await refused(rebuild(contents.toReversed()));
  });

  it("names the field of each header that a bit was flipped in", { timeout: 120_000 }, async () => {
    const { headers } = entriesOf(pack.bytes);
    const unnamed: number[] = [];
    for (const [from, to] of headers) {
      for (let at = from; at < to; at += 1) {
        const changed = Buffer.from(pack.bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        const problem = await refused(changed);
        if (!problem?.field) unnamed.push(at);
      }
    }
    expect(unnamed).toEqual([]);
  });
});

describe("what the log and the tables say must agree, even when the key signs it", () => {
  const problemOf = async (change: Parameters<typeof toyPack>[0]) => {
    try {
      await packOf(change);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return "was handed out";
  };

  it.each<[string, Parameters<typeof toyPack>[0], string]>([
    [
      "an event rewritten",
      {
        change: ({ events }) => {
          events.splice(3, 1, { ...at(events, 3), body: at(events, 3).body.replace('"campaign_item"', '"campaign"') });
        },
      },
      "not those of the log",
    ],
    [
      "an event at another time",
      {
        change: ({ events }) => {
          events.splice(3, 1, { ...at(events, 3), recordedAt: "2026-01-01T00:00:00.000Z" });
        },
      },
      "not those of the log",
    ],
    [
      "an event under another id",
      {
        change: ({ events }) => {
          events.splice(3, 1, { ...at(events, 3), eventId: "1" });
        },
      },
      "not those of the log",
    ],
    [
      "a value not committed to",
      {
        change: ({ events }) => {
          const event = at(events, 1);
          events.splice(1, 1, { ...event, reveals: event.reveals.map((reveal) => ({ ...reveal, value: "Nobody" })) });
        },
      },
      "is not the one committed to",
    ],
    [
      "a value shown at another's place",
      {
        change: ({ events }) => {
          const event = at(events, 1);
          events.splice(1, 1, {
            ...event,
            reveals: event.reveals.map((reveal, index) => ({ ...reveal, path: at(event.reveals, 1 - index).path })),
          });
        },
      },
      "is not the one committed to",
    ],
    [
      "a value shown twice",
      {
        change: ({ events }) => {
          const event = at(events, 1);
          events.splice(1, 1, { ...event, reveals: [at(event.reveals, 0), at(event.reveals, 0)] });
        },
      },
      "is not the one committed to",
    ],
    [
      "an item decided otherwise",
      {
        change: ({ items }) => {
          items.splice(0, 1, { ...items[0], outcome: "revoke" });
        },
      },
      "its decision says keep",
    ],
    [
      "an item decided by nothing",
      {
        change: ({ items }) => {
          items.splice(0, 1, { ...items[0], decision_id: null });
        },
      },
      "names no decision",
    ],
    [
      "an item with another's decision",
      {
        change: ({ items, decisions }) => {
          items.splice(0, 1, { ...items[0], decision_id: at(decisions, 4).id ?? null });
        },
      },
      "not among its decisions",
    ],
    [
      "a decision changed",
      {
        change: ({ items, decisions }) => {
          decisions.splice(0, 1, { ...decisions[0], answer: "revoke" });
          items.splice(0, 1, { ...items[0], outcome: "revoke" });
        },
      },
      "is not what event",
    ],
    [
      "what a decision asks for changed",
      {
        change: ({ decisions }) => {
          const at = decisions.findIndex(({ terms }) => terms !== null);
          decisions.splice(at, 1, { ...decisions[at], terms: { answer: "rotate", when: "never" } });
        },
      },
      "asks for something else than event",
    ],
    [
      "a decision left out",
      {
        change: ({ decisions, items, counts }) => {
          decisions.splice(0, 1);
          items.splice(0, 1, { ...items[0], outcome: null, decision_id: null });
          Object.assign(counts, { decisions: "11", decided: "9" });
        },
      },
      "records 1 more decisions than are in the pack",
    ],
    [
      "a decision invented",
      {
        change: ({ decisions, counts }) => {
          decisions.splice(1, 0, { ...decisions[0], id: "zz", item_version: 9 });
          Object.assign(counts, { decisions: "13" });
        },
      },
      "is not what event",
    ],
    [
      "a decision without its event",
      {
        change: ({ decisions }) => {
          decisions.splice(0, 1, { ...decisions[0], event_id: null });
        },
      },
      "names no event of the log",
    ],
    [
      "a decision on an item of another campaign",
      {
        change: ({ decisions }) => {
          decisions.push({ ...decisions[0], item_id: "zz" });
        },
      },
      "not under review or out of order",
    ],
    [
      "an item left out",
      {
        change: ({ items }) => {
          items.splice(11, 1);
        },
      },
      "counts 12 items, the pack holds 11",
    ],
    [
      "an item twice",
      {
        change: ({ items }) => {
          items.splice(1, 0, { ...items[0] });
        },
      },
      "repeated or out of order",
    ],
    [
      "counts that are wrong",
      {
        change: ({ counts }) => {
          Object.assign(counts, { decided: "11" });
        },
      },
      "counts 11 decided, the pack holds 10",
    ],
    [
      "a population that does not add up",
      {
        change: ({ population }) => {
          population.splice(0, 1, { ...population[0], excluded: "0" });
        },
      },
      "13 read is not 12 kept",
    ],
    [
      "no report",
      {
        change: ({ extra }) => {
          delete extra["report.html"];
        },
      },
      "lacks report.html",
    ],
    [
      "a file whose name leaves the folder's rules",
      {
        change: ({ extra }) => {
          extra[".hidden"] = "x";
        },
      },
      "cannot be the name",
    ],
    ["fields that speak for the manifest", { fields: { root: "00" } }, 'says "root" itself'],
  ])("%s", async (_name, change, message) => {
    expect(await problemOf(change)).toContain(message);
  });
});

describe("the command line", () => {
  const call = async (...args: string[]) => {
    let [out, err] = ["", ""];
    const code = await run(args, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    });
    return { code, out, err };
  };

  it("answers 0, 1 or 2", async () => {
    const bad = join(pack.folder, "bad.zip");
    await writeFile(bad, pack.bytes.subarray(0, -1));
    expect((await call(pack.file)).code).toBe(0);
    expect((await call(bad)).code).toBe(1);
    expect((await call()).code).toBe(2);
    expect((await call(pack.file, "--what")).code).toBe(2);
    expect((await call(pack.file, pack.file)).code).toBe(2);
    expect((await call(join(pack.folder, "absent.zip"))).code).toBe(2);
    expect((await call(pack.file, "--key", "no key")).code).toBe(2);
    expect((await call(pack.file, "--proof", "77")).code).toBe(2);
  });

  it("asks to compare the fingerprint unless a key was pinned", async () => {
    expect((await call(pack.file)).out).toMatch(new RegExp(`${pack.fingerprint}[^]*Compare the fingerprint`));
    const pinned = await call(pack.file, "--key", pack.fingerprint);
    expect(pinned.out).toContain("the key that you pinned");
    expect(pinned.out).not.toContain("Compare");
  });

  it("prints one JSON object with --json", async () => {
    const { out } = await call(pack.file, "--json");
    expect(JSON.parse(out)).toMatchObject({ file: pack.file, verdict: "verified", problems: [] });
  });

  it("takes the key from a file", async () => {
    const file = join(pack.folder, "key.pem");
    await writeFile(file, await readPem(pack));
    expect((await call(pack.file, "--key", file)).code).toBe(0);
  });

  it("does not let a pack write to the terminal", async () => {
    const loud = await packOf({
      change: ({ campaign }) => {
        campaign.name = "\u001b[2J\u202eQ4";
      },
    });
    const { out } = await call(loud.file);
    expect(out).toContain("VERIFIED");
    for (const trick of ["\u001b", "\u202e"]) expect(out).not.toContain(trick);
  });

  it("runs as the file that each pack carries, alone in a folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "countersign-alone-"));
    folders.push(folder);
    const script = join(folder, "verify.mjs");
    await writeFile(script, entriesOf(pack.bytes).contents.get("verify.mjs") ?? "");
    const out = execFileSync(process.execPath, [script, pack.file, "--json"], { cwd: folder, encoding: "utf8" });
    expect(JSON.parse(out)).toMatchObject({ verdict: "verified" });
  });
});

describe("what the verifier holds a copy of", () => {
  it("is what the writer holds", async () => {
    const source = await readFile(new URL("./verifier/verify.js", import.meta.url), "utf8");
    expect(source).toContain(`"${MANIFEST_FORMAT}"`);
    for (const name of REQUIRED_FILES.period) expect(source).toContain(`"${name}"`);
    expect(source).toContain(String(/^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/));
    expect(isEntryName("a")).toBe(true);
    expect(source).not.toMatch(/from "(?!node:)/);
  });

  it("computes CRC-32 where Node has none", () => {
    expect(tableCrc32(Buffer.from("123456789"))).toBe(0xcbf43926);
    expect(tableCrc32(Buffer.from("6789"), tableCrc32(Buffer.from("12345")))).toBe(0xcbf43926);
  });

  it.each(["", "sha256:00", "AAAA", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])("takes %j for no key", (text) => {
    expect(() => fingerprintFrom(text)).toThrow();
  });
});

const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
};
const readPem = async ({ bytes }: ToyPack) => entriesOf(bytes).contents.get("public-key.pem")?.toString() ?? "";
