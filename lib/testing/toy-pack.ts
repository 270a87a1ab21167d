import { createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { canonicalize } from "#lib/audit/canonical.ts";
import { ed25519Signer, originOf, rawPublicKey, signCheckpoint, verifierKey } from "#lib/audit/checkpoint.ts";
import { personal, type Sealable, sealPersonal } from "#lib/audit/commitment.ts";
import { appendLeaves, eventLeafHash } from "#lib/audit/merkle.ts";
import type { Hash, JsonObject, NodeReader, TreeNode } from "#lib/audit/types.ts";
import { listText, writeAuditFiles } from "#lib/evidence/audit-files.ts";
import { directory, localHeader } from "#lib/evidence/container.ts";
import { csvRow } from "#lib/evidence/csv.ts";
import { buildPack } from "#lib/evidence/pack.ts";
import type { EventLine, PackSigner } from "#lib/evidence/types.ts";

/* A small but whole pack of an invented campaign, for tests of the container and the verifier. Everything follows from its arguments. */

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
export const keyOf = (word: string): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, createHash("sha256").update(word).digest()]), format: "der", type: "pkcs8" });

export function packSigner(key: KeyObject): PackSigner {
  return { publicKey: rawPublicKey(key), sign: (bytes) => sign(null, bytes, key) };
}

export type Toy = {
  campaign: { id: string; name: string };
  items: JsonObject[];
  decisions: JsonObject[];
  population: JsonObject[];
  events: EventLine[];
  counts: JsonObject;
  /** What else goes in, by name. */
  extra: Record<string, string>;
};

const id = (campaign: string, kind: number, serial: number) =>
  `${createHash("sha256").update(campaign).digest("hex").slice(0, 8)}-0000-7000-800${kind}-${String(serial).padStart(12, "0")}`;

const EVENT_OF: Readonly<Record<string, string>> = {
  keep: "campaign_item.kept",
  revoke: "campaign_item.revoked",
  rotate: "campaign_item.rotation_asked",
};
const ROTATE = { answer: "rotate" };
const ROTATE_DIGEST = createHash("sha256").update(canonicalize(ROTATE)).digest("hex");

/** Twelve items: ten decided by a decision each (two after a change of mind), one voided, one open. Every third event is somebody else's. */
export function toyCampaign(name = "Q4 access review"): { toy: Toy; log: Omit<EventLine, "reveals">[] } {
  const campaign = { id: id(name, 0, 1), name };
  const log: EventLine[] = [];
  const shown: EventLine[] = [];
  const record = (type: string, itemId: string, data: JsonObject, isShown: boolean): string => {
    let drawn = 0;
    const salt = () => createHash("sha256").update(`${name} ${log.length} ${++drawn}`).digest().subarray(0, 16);
    const content: Sealable = {
      type,
      subject: { kind: "campaign_item", id: itemId, label: personal("Mara Lindqvist") },
      actor: { label: personal("Teo Okafor") },
      data,
    };
    const { body, reveals } = sealPersonal(content, salt);
    const event = {
      leafIndex: log.length,
      eventId: String(1000 + log.length),
      recordedAt: `2026-11-23T01:00:00.${String(log.length).padStart(3, "0")}Z`,
      body: canonicalize(body),
      reveals,
    };
    log.push(event);
    // Retention has already taken the values of a few.
    if (isShown) shown.push(log.length % 7 === 0 ? { ...event, reveals: [] } : event);
    return event.eventId;
  };
  const items: JsonObject[] = [];
  const decisions: JsonObject[] = [];
  for (let serial = 1; serial <= 12; serial += 1) {
    const itemId = id(name, 1, serial);
    record("sync_run.applied", "elsewhere", { serial }, false);
    if (serial > 10) {
      items.push({ id: itemId, state: serial === 11 ? "VOIDED" : "ASSIGNED", outcome: null, decision_id: null });
      continue;
    }
    const answers = serial % 5 === 0 ? ["keep", "revoke"] : [serial === 9 ? "rotate" : serial % 2 === 0 ? "revoke" : "keep"];
    for (const [version, answer] of answers.entries()) {
      const decisionId = id(name, 2, serial * 10 + version);
      const eventId = record(
        EVENT_OF[answer] ?? "",
        itemId,
        { campaignId: campaign.id, decisionId, ...(answer === "rotate" ? { termsDigest: ROTATE_DIGEST } : {}) },
        true,
      );
      decisions.push({
        id: decisionId,
        item_id: itemId,
        item_version: version + 1,
        answer,
        event_id: eventId,
        rationale: answer === "revoke" ? "=left(the team)" : null,
        terms: answer === "rotate" ? ROTATE : null,
      });
      if (version === answers.length - 1) items.push({ id: itemId, state: "DECIDED", outcome: answer, decision_id: decisionId });
    }
  }
  const toy: Toy = {
    campaign,
    items,
    decisions,
    events: shown,
    population: [{ source: "demo_corp", stream: "grants", declared: "13", read: "13", kept: "12", excluded: "1", rejected: "0" }],
    counts: { items: "12", decisions: "12", decided: "10" },
    extra: {
      "report.html": `<!doctype html><title>${name}</title>${"<p>Mara keeps access to build-42</p>".repeat(4200)}`,
      "gaps.txt": "Nothing is missing.\n",
    },
  };
  return { toy, log };
}

export async function nodesOf(log: readonly Omit<EventLine, "reveals">[]): Promise<{ reader: NodeReader; size: number; root: Hash }> {
  const store = new Map<string, TreeNode>();
  const reader: NodeReader = {
    readNodes: async (ids) =>
      ids.map(({ level, index }) => {
        const node = store.get(`${level}/${index}`);
        if (!node) throw new Error(`no node ${level}/${index}`);
        return node.hash;
      }),
  };
  const { nodes, size, root } = await appendLeaves(reader, 0, log.map(eventLeafHash));
  for (const node of nodes) store.set(`${node.level}/${node.index}`, node);
  return { reader, size, root };
}

export type ToyPack = { bytes: Buffer; fingerprint: string; file: string; folder: string };

/** Builds it in a folder of its own, which the caller removes. `change` may spoil what goes in, before it is signed. */
export async function toyPack(
  options: { name?: string; key?: string; change?: (toy: Toy) => void; fields?: JsonObject } = {},
): Promise<ToyPack> {
  const { toy, log } = toyCampaign(options.name);
  options.change?.(toy);
  const folder = await mkdtemp(join(tmpdir(), "countersign-pack-"));
  try {
    const directory = join(folder, "in");
    const tree = await nodesOf(log);
    const origin = originOf("7c1d6e52");
    const logSigner = ed25519Signer(origin, keyOf("log"));
    const checkpointNote = signCheckpoint({ origin, size: tree.size, root: tree.root }, logSigner);
    const put = async (name: string, text: string) => {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), text);
    };
    const tables = { population: toy.population, items: toy.items, decisions: toy.decisions, reassignments: [], remediation: [], gaps: [] };
    for (const [table, rows] of Object.entries(tables)) {
      await put(`${table}.json`, await textOf(listText(rows)));
      if (table === "gaps") continue;
      const columns = Object.keys(rows[0] ?? { id: null });
      await put(`${table}.csv`, [csvRow(columns), ...rows.map((row) => csvRow(columns.map((column) => cellOf(row[column]))))].join(""));
    }
    for (const [name, text] of Object.entries(toy.extra)) await put(name, text);
    await writeAuditFiles({ directory, events: asyncOf(toy.events), reader: tree.reader, size: tree.size, checkpointNote });
    const file = join(folder, "pack.zip");
    const { fingerprint } = await buildPack({
      directory,
      outFile: file,
      kind: "campaign",
      fields: { campaign: toy.campaign, counts: toy.counts, policy: { digest: "sha256:00" }, ...options.fields },
      signer: packSigner(keyOf(options.key ?? "packs")),
      checkpointKey: verifierKey(logSigner),
    });
    return { bytes: await readFile(file), fingerprint, file, folder };
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}

async function* asyncOf<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part;
  return text;
}

const cellOf = (value: unknown) => (typeof value === "string" || typeof value === "number" ? value : null);

/** The files of a pack and where its headers lie, read the simple way. */
export function entriesOf(pack: Buffer): { contents: Map<string, Buffer>; headers: [from: number, to: number][] } {
  const contents = new Map<string, Buffer>();
  const headers: [number, number][] = [];
  let position = 0;
  while (pack.readUInt32LE(position) === 0x04034b50) {
    const start = position + 30 + pack.readUInt16LE(position + 26);
    headers.push([position, start]);
    const size = pack.readUInt32LE(position + 22);
    contents.set(pack.toString("latin1", position + 30, start), pack.subarray(start, start + size));
    position = start + size;
  }
  headers.push([position, pack.length]);
  return { contents, headers };
}

/** A container of any entries in any order, however wrong, with every checksum right. */
export function rebuild(entries: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const facts = entries.map(([name, content]) => ({ name, size: content.length, crc32: crc32(content) }));
  const bodies = entries.flatMap(([name, content]) => [localHeader({ name, size: content.length, crc32: crc32(content) }), content]);
  return Buffer.concat([...bodies, directory(facts)]);
}
