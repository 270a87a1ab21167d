#!/usr/bin/env node
/*
 * Verifies a Countersign evidence pack. One file, Node 20 or newer, nothing to install, no network, no database.
 *
 *   node verify.mjs PACK.zip [--key KEY] [--proof EVENT_ID] [--json]
 *
 * Exit code 0: verified. 1: refused. 2: not asked properly, or the file cannot be read.
 *
 * What is checked, in this order:
 *   1. the manifest's signature, and that its key is the one pinned by --key (a PEM file, 32 bytes in base64, or a fingerprint);
 *   2. every byte of the container: it is rebuilt from the names and contents of the files, and must be equal;
 *   3. every file against its SHA-256, and block by block (64 KiB) to name the first wrong one;
 *   4. the checkpoint's signature, and that every audit event in the pack is in the log that the checkpoint commits to (RFC 9162);
 *   5. that every personal value shown is the one committed to in the log;
 *   6. that items, decisions and what follows from them name each other rightly, and each decision the event that recorded it.
 *
 * This copy came with the pack. Somebody who could sign another pack could also send another verifier: for full weight use one that you
 * got another way, and pin the key.
 */
import * as crypto from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as zlib from "node:zlib";

const FORMAT = "countersign-evidence-pack";
const SCHEMA_VERSION = 1;
const BLOCK_BYTES = 65_536;
const CHUNK_BYTES = 16 * BLOCK_BYTES;
const MAX_ENTRIES = 10_000;
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;
const MAX_MANIFEST_BYTES = 128 * 1024 * 1024;
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const MAX_PROBLEMS = 100;
const U16 = 0xffff;
const U32 = 0xffffffff;

const MANIFEST = "manifest.json";
const SIGNATURE = "manifest.sig";
const AUDIT_FILES = [
  "README.txt",
  "public-key.pem",
  "verify.mjs",
  "gaps.json",
  "gaps.txt",
  "audit/checkpoint.txt",
  "audit/events.jsonl",
  "audit/proofs.jsonl",
];
const CAMPAIGN_TABLES = ["population", "items", "decisions", "reassignments", "remediation"];
const REQUIRED_FILES = {
  campaign: [...AUDIT_FILES, "report.html", ...CAMPAIGN_TABLES.flatMap((table) => [`${table}.csv`, `${table}.json`])],
  period: AUDIT_FILES,
  identity: AUDIT_FILES,
};
/** Which event records which answer. A bulk decision is one event that says its answer and how many items it covers. */
const ANSWER_OF_EVENT = {
  "campaign_item.kept": "keep",
  "campaign_item.revoked": "revoke",
  "campaign_item.abstained": "abstain",
  "campaign_item.exception_requested": "exception_requested",
  "campaign_item.reduced": "reduce",
  "campaign_item.time_limited": "time_limit",
  "campaign_item.rotation_asked": "rotate",
  "campaign_item.shortening_asked": "shorten",
  "campaign_item.federation_asked": "federate",
  "campaign_item.narrowing_asked": "narrow",
  "campaign_item.split_asked": "split",
  "campaign_item.new_owner_asked": "re_own",
  "campaign_item.retirement_asked": "retire",
  "campaign_item.answer_withdrawn": "withdrawn",
};
const BULK_EVENT = "campaign_items.decided";

/** Stops the verification: what follows could not be judged. */
class Refusal extends Error {
  constructor(problem) {
    super(problem.message);
    this.problem = problem;
  }
}
const problemOf = (code, file, message, more = {}) => ({ code, file, block: null, field: null, ...more, message });
const refuse = (code, file, message, more) => {
  throw new Refusal(problemOf(code, file, message, more));
};

/**
 * The whole verdict. `source` is a path or the bytes themselves. Never throws for a bad pack: whatever goes wrong while reading it is a
 * refusal. Throws only when the file cannot be read, or `key` is no key.
 */
export async function verifyPack(source, options = {}) {
  const pinned = options.key === undefined || options.key === null ? null : fingerprintFrom(options.key);
  const input = await openSource(source);
  const result = { verdict: "refused", problems: [], key: null, pack: null, proof: null };
  try {
    await examine(input, { pinned, proofOf: options.proof ?? null }, result);
  } catch (error) {
    if (error instanceof Refusal) result.problems.push(error.problem);
    else if (error?.isReadError) throw error;
    else result.problems.push(problemOf("MALFORMED", null, `The pack is not shaped as a pack is: ${error?.message ?? error}`));
  } finally {
    await input.close();
  }
  if (result.problems.length === 0) result.verdict = "verified";
  return result;
}

async function examine(input, { pinned, proofOf }, result) {
  const { problems } = result;
  const located = await locateEntries(input);
  const manifest = await readManifest(input, located, pinned, result);
  const layout = layOut(located, manifest);
  result.pack = factsOf(manifest, layout, input);

  const { directory, ...rebuilt } = await checkBytes(input, layout, problems);
  await checkDirectory(input, layout, directory, problems);
  if (problems.length > 0) return; // the rest reads the files: they must be the signed ones first

  checkManifest(manifest, rebuilt.rows, problems);
  if (problems.length > 0) return;
  const fileOf = new Map(layout.map((entry) => [entry.name, entry]));
  await checkKeyFile(input, fileOf, manifest, problems);
  const checkpoint = await checkCheckpoint(input, fileOf, manifest);
  const log = await checkEvents(input, fileOf, { checkpoint, proofOf, campaignId: manifest.campaign?.id ?? null }, problems);
  Object.assign(result.pack, { events: log.events, values_shown: log.shown, values_withheld: log.withheld });
  result.proof = log.proof;
  if (manifest.kind === "campaign") {
    result.pack.counts = await checkItems(input, fileOf, log.decisionEvents, manifest, problems);
    await checkPopulation(input, fileOf, problems);
  }
}

// --- the container -------------------------------------------------------------------------------------------------------------------

/** A header as a list of [field, bytes], to be written and to name what differs. */
const u16 = (value) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
const u32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
const u64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const zip64Extra = (values) =>
  values.length === 0 ? Buffer.alloc(0) : Buffer.concat([u16(1), u16(8 * values.length), ...values.map(u64)]);

function commonFields(entry, version) {
  return [
    ["version needed", u16(version)],
    ["flags", u16(0)],
    ["method", u16(0)],
    ["time", u16(0)],
    ["date", u16(0x21)],
    ["CRC-32", u32(entry.crc32)],
    ["compressed size", u32(Math.min(entry.size, U32))],
    ["size", u32(Math.min(entry.size, U32))],
    ["name length", u16(entry.name.length)],
  ];
}

function localFields(entry) {
  const extra = zip64Extra(entry.size >= U32 ? [entry.size, entry.size] : []);
  return [
    ["signature", u32(0x04034b50)],
    ...commonFields(entry, extra.length > 0 ? 45 : 20),
    ["extra length", u16(extra.length)],
    ["name", Buffer.from(entry.name, "latin1")],
    ["extra field", extra],
  ];
}

function centralFields(entry) {
  const extra = zip64Extra([...(entry.size >= U32 ? [entry.size, entry.size] : []), ...(entry.offset >= U32 ? [entry.offset] : [])]);
  const version = extra.length > 0 ? 45 : 20;
  return [
    ["signature", u32(0x02014b50)],
    ["version made by", u16((3 << 8) | version)],
    ...commonFields(entry, version),
    ["extra length", u16(extra.length)],
    ["comment length", u16(0)],
    ["disk", u16(0)],
    ["internal attributes", u16(0)],
    ["external attributes", u32(0o100644 * 0x10000)],
    ["offset", u32(Math.min(entry.offset, U32))],
    ["name", Buffer.from(entry.name, "latin1")],
    ["extra field", extra],
  ];
}

function endFields(count, size, offset) {
  const wide = count >= U16 || size >= U32 || offset >= U32;
  const zip64 = [
    [
      "ZIP64 end record",
      Buffer.concat([
        u32(0x06064b50),
        u64(44),
        u16((3 << 8) | 45),
        u16(45),
        u32(0),
        u32(0),
        u64(count),
        u64(count),
        u64(size),
        u64(offset),
      ]),
    ],
    ["ZIP64 locator", Buffer.concat([u32(0x07064b50), u32(0), u64(offset + size), u32(1)])],
  ];
  return [
    ...(wide ? zip64 : []),
    ["signature", u32(0x06054b50)],
    ["disk", u16(0)],
    ["directory disk", u16(0)],
    ["entries on disk", u16(Math.min(count, U16))],
    ["entries", u16(Math.min(count, U16))],
    ["directory size", u32(Math.min(size, U32))],
    ["directory offset", u32(Math.min(offset, U32))],
    ["comment length", u16(0)],
  ];
}

const bytesOf = (fields) => Buffer.concat(fields.map(([, bytes]) => bytes));
const lengthOf = (fields) => fields.reduce((sum, [, bytes]) => sum + bytes.length, 0);

/** The first field that differs from what is there, or null. */
function differingField(actual, fields) {
  let at = 0;
  for (const [field, bytes] of fields) {
    if (Buffer.compare(actual.subarray(at, at + bytes.length), bytes) !== 0) return field;
    at += bytes.length;
  }
  return null;
}

/**
 * Where the files are, by the directory at the end; if that makes no sense, by the headers before each file. Nothing found here is
 * believed: it only leads to the manifest, from which every header is then rebuilt and compared.
 */
async function locateEntries(input) {
  if (input.size < 22) refuse("CONTAINER", null, "The file is too short to be a pack.", { field: "length" });
  return (
    (await entriesByDirectory(input)) ??
    (await entriesByHeaders(input)) ??
    refuse("CONTAINER", null, "The file is not a pack, or it is cut short: neither its directory nor its headers can be followed.", {
      field: "directory",
    })
  );
}

async function entriesByDirectory(input) {
  const end = await input.read(input.size - 22, 22);
  if (end.readUInt32LE(0) !== 0x06054b50 || end.readUInt16LE(20) !== 0) return null;
  let [count, size, offset, tail] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16), 22];
  if (input.size >= 98 && (count === U16 || size === U32 || offset === U32)) {
    const wide = await input.read(input.size - 98, 56);
    if (wide.readUInt32LE(0) !== 0x06064b50) return null;
    [count, size, offset] = [wide.readBigUInt64LE(32), wide.readBigUInt64LE(40), wide.readBigUInt64LE(48)].map(Number);
    tail = 98;
  }
  if (count > MAX_ENTRIES || size > MAX_DIRECTORY_BYTES || offset + size + tail !== input.size) return null;
  const bytes = await input.read(offset, size);
  const entries = [];
  let [at, position] = [0, 0];
  while (at < size) {
    if (at + 46 > size || bytes.readUInt32LE(at) !== 0x02014b50) return null;
    const [nameLength, extraLength] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30)];
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const entrySize =
      bytes.readUInt32LE(at + 24) === U32 && extra.length >= 12 ? Number(extra.readBigUInt64LE(4)) : bytes.readUInt32LE(at + 24);
    const entry = {
      name: bytes.toString("latin1", at + 46, at + 46 + nameLength),
      size: entrySize,
      crc32: bytes.readUInt32LE(at + 16),
      offset: position,
    };
    entry.start = position + lengthOf(localFields(entry));
    position = entry.start + entrySize;
    entries.push(entry);
    at += 46 + nameLength + extraLength;
  }
  return at === size && entries.length === count && position === offset ? entries : null;
}

async function entriesByHeaders(input) {
  const entries = [];
  let position = 0;
  while (entries.length <= MAX_ENTRIES) {
    const fixed = await input.read(position, 30);
    if (fixed.length < 30 || fixed.readUInt32LE(0) !== 0x04034b50) return entries.length > 0 ? entries : null;
    const [nameLength, extraLength] = [fixed.readUInt16LE(26), fixed.readUInt16LE(28)];
    const rest = await input.read(position + 30, nameLength + extraLength);
    const narrow = fixed.readUInt32LE(22);
    const size =
      narrow === U32 && extraLength >= 20 && rest.length === nameLength + extraLength
        ? Number(rest.readBigUInt64LE(nameLength + 4))
        : narrow;
    const start = position + 30 + nameLength + extraLength;
    if (start + size > input.size) return null;
    entries.push({ name: rest.toString("latin1", 0, nameLength), size, crc32: fixed.readUInt32LE(14), offset: position, start });
    position = start + size;
  }
  return null;
}

/** Every file of the manifest at the place that follows from the names and sizes before it. */
function layOut(located, manifest) {
  const seen = new Set();
  const folded = new Set();
  for (const { name } of located) {
    if (seen.has(name)) refuse("CONTAINER", name, `${show(name)} is in the container twice.`, { field: "name" });
    if (folded.has(name.toLowerCase()))
      refuse("CONTAINER", name, `${show(name)} differs from another name by case only.`, { field: "name" });
    seen.add(name);
    folded.add(name.toLowerCase());
  }
  const own = [MANIFEST, SIGNATURE].map((name) => ({ name, size: located.find((entry) => entry.name === name).size, listed: null }));
  const expected = [...manifest.files.map((file) => ({ name: file.name, size: file.size, listed: file })), ...own].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const names = new Set(expected.map(({ name }) => name));
  for (const { name } of located)
    if (!names.has(name)) refuse("CONTAINER", name, `${show(name)} is in the container but not in the manifest.`, { field: "name" });
  for (const { name } of expected)
    if (!seen.has(name)) refuse("CONTAINER", name, `${name} is in the manifest but not in the container.`, { field: "name" });
  located.forEach(({ name }, index) => {
    if (name !== expected[index].name)
      refuse("CONTAINER", name, `${name} is not in its place: files stand in order of name.`, { field: "name" });
  });
  let position = 0;
  for (const [index, entry] of expected.entries()) {
    if (located[index].size !== entry.size) {
      const first = Math.floor(Math.min(located[index].size, entry.size) / BLOCK_BYTES);
      refuse("CONTENT", entry.name, `${entry.name} has ${located[index].size} bytes, the manifest says ${entry.size}.`, { block: first });
    }
    entry.offset = position;
    entry.start = position + lengthOf(localFields({ ...entry, crc32: 0 }));
    position = entry.start + entry.size;
  }
  return expected;
}

/** Reads every file once: its header, its blocks, its digest. Gives the checksums and numbers of rows that follow. */
async function checkBytes(input, layout, problems) {
  const rows = new Map();
  const directory = [];
  for (const entry of layout) {
    const header = await input.read(entry.offset, entry.start - entry.offset);
    const whole = crypto.createHash("sha256");
    const counter = rowCounter(entry.name);
    let [checksum, block, wrongBlock] = [0, 0, null];
    for await (const chunk of chunksOf(input, entry)) {
      checksum = crc32(chunk, checksum);
      whole.update(chunk);
      counter.add(chunk);
      for (let at = 0; entry.listed && at < chunk.length; at += BLOCK_BYTES, block += 1)
        if (wrongBlock === null && sha256(chunk.subarray(at, at + BLOCK_BYTES), "hex") !== entry.listed.blocks[block]) wrongBlock = block;
    }
    rows.set(entry.name, counter.total());
    const digest = whole.digest("hex");
    if (wrongBlock !== null) {
      const from = wrongBlock * BLOCK_BYTES;
      push(
        problems,
        problemOf(
          "CONTENT",
          entry.name,
          `${entry.name} was changed: block ${wrongBlock} (bytes ${from} to ${Math.min(from + BLOCK_BYTES, entry.size) - 1}) is the first wrong one.`,
          { block: wrongBlock },
        ),
      );
    } else if (entry.listed && (digest !== entry.listed.sha256 || entry.listed.blocks.length !== Math.ceil(entry.size / BLOCK_BYTES))) {
      push(problems, problemOf("CONTENT", entry.name, `${entry.name} does not have the SHA-256 of the manifest.`));
    }
    // The checksum of changed bytes says nothing about the header: the one written there is taken as it is.
    const crc = wrongBlock === null ? checksum : header.readUInt32LE(14);
    const field = differingField(header, localFields({ ...entry, crc32: crc }));
    if (field !== null) push(problems, problemOf("CONTAINER", entry.name, `The header of ${entry.name} was changed: ${field}.`, { field }));
    directory.push({ ...entry, crc32: crc });
  }
  return { directory, rows };
}

async function checkDirectory(input, layout, directory, problems) {
  const last = layout.at(-1);
  let position = last.start + last.size;
  const from = position;
  for (const entry of directory) {
    const fields = centralFields(entry);
    const field = differingField(await input.read(position, lengthOf(fields)), fields);
    if (field !== null)
      push(
        problems,
        problemOf("CONTAINER", entry.name, `The directory's line for ${entry.name} was changed: ${field}.`, {
          field: `directory: ${field}`,
        }),
      );
    position += lengthOf(fields);
  }
  const fields = endFields(directory.length, position - from, from);
  const field = differingField(await input.read(position, lengthOf(fields)), fields);
  if (field !== null)
    push(problems, problemOf("CONTAINER", null, `The end of the container was changed: ${field}.`, { field: `end: ${field}` }));
  const excess = input.size - position - bytesOf(fields).length;
  if (excess > 0)
    push(problems, problemOf("CONTAINER", null, `${excess} bytes stand after the end of the container.`, { field: "end: trailing bytes" }));
}

// --- the manifest --------------------------------------------------------------------------------------------------------------------

async function readManifest(input, located, pinned, result) {
  const find = (name, limit) => {
    const entry =
      located.find((candidate) => candidate.name === name) ?? refuse("CONTAINER", name, `${name} is missing.`, { field: "name" });
    return entry.size <= limit ? entry : refuse("MANIFEST", name, `${name} is too large.`);
  };
  const [entry, signatureEntry] = [find(MANIFEST, MAX_MANIFEST_BYTES), find(SIGNATURE, 1024)];
  const bytes = await input.read(entry.start, entry.size);
  const signature = await input.read(signatureEntry.start, signatureEntry.size);
  const changed = [
    [MANIFEST, bytes, entry],
    [SIGNATURE, signature, signatureEntry],
  ].find(([, content, { crc32: written }]) => crc32(content, 0) !== written);
  const blame = changed ? { file: changed[0], says: ` ${changed[0]} was changed.` } : { file: SIGNATURE, says: "" };
  const block = entry.size <= BLOCK_BYTES || blame.file === SIGNATURE ? 0 : null;

  let manifest = null;
  try {
    manifest = JSON.parse(bytes.toString("utf8"));
  } catch {
    refuse("MANIFEST", MANIFEST, "manifest.json is not JSON: it was changed.", { block });
  }
  if (manifest?.format !== FORMAT) refuse("MANIFEST", MANIFEST, "manifest.json is not the manifest of an evidence pack.", { block });
  if (manifest.schema_version !== SCHEMA_VERSION)
    refuse(
      "MANIFEST",
      MANIFEST,
      `This verifier reads packs of version ${SCHEMA_VERSION}, not of ${show(String(manifest.schema_version))}.`,
      { block },
    );
  const publicKey = strictBase64(manifest.key?.public_key);
  if (publicKey === null || publicKey.length !== 32) refuse("KEY", MANIFEST, "The manifest names no Ed25519 key.", { block });
  const fingerprint = fingerprintOf(publicKey);
  result.key = { fingerprint, public_key: manifest.key.public_key, pinned: pinned !== null };
  if (signature.length !== 64 || !verifySignature(bytes, publicKey, signature))
    refuse("SIGNATURE", blame.file, `The signature of the manifest does not verify.${blame.says}`, { block });
  if (manifest.key.algorithm !== "Ed25519" || manifest.key.fingerprint !== fingerprint)
    refuse("KEY", MANIFEST, "The key's fingerprint is not that of the key.");
  if (pinned !== null && pinned !== fingerprint)
    refuse("KEY", SIGNATURE, `The pack is signed by another key: ${fingerprint}, not the pinned ${pinned}.`);
  if (canonical(manifest) !== bytes.toString("utf8"))
    refuse("MANIFEST", MANIFEST, "manifest.json is not canonical JSON: it could be read in two ways.");
  checkFileList(manifest);
  return manifest;
}

function checkFileList(manifest) {
  if (manifest.block_bytes !== BLOCK_BYTES || !Array.isArray(manifest.files))
    refuse("MANIFEST", MANIFEST, "The manifest has no list of files in blocks of 64 KiB.");
  const isHash = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
  let previous = "";
  for (const { name, size, sha256: digest, blocks } of manifest.files) {
    const isSound =
      isEntryName(name) && Number.isSafeInteger(size) && size >= 0 && isHash(digest) && Array.isArray(blocks) && blocks.every(isHash);
    if (!isSound || name <= previous || name === MANIFEST || name === SIGNATURE)
      refuse("MANIFEST", MANIFEST, `The manifest's line for ${show(String(name))} is unsound.`);
    previous = name;
  }
}

function isEntryName(name) {
  return (
    typeof name === "string" &&
    name.length <= 200 &&
    /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/.test(name) &&
    !/\.(\/|$)/.test(name)
  );
}

/** What the manifest says as a whole: its root, the files it must list, the numbers of rows. */
function checkManifest(manifest, rows, problems) {
  const leaves = manifest.files.map(({ name, sha256: digest, size }) => leafHash(Buffer.from(canonical({ name, sha256: digest, size }))));
  if (treeRoot(leaves, 0, leaves.length).toString("hex") !== manifest.root)
    push(problems, problemOf("MANIFEST", MANIFEST, "The manifest's root is not that of its files."));
  const required = Object.hasOwn(REQUIRED_FILES, manifest.kind)
    ? REQUIRED_FILES[manifest.kind]
    : refuse("MANIFEST", MANIFEST, `${show(String(manifest.kind))} is no kind of pack.`);
  const names = new Set(manifest.files.map(({ name }) => name));
  for (const name of required) if (!names.has(name)) push(problems, problemOf("MANIFEST", name, `A pack of this kind must hold ${name}.`));
  for (const { name, rows: said = null } of manifest.files) {
    if (rows.get(name) !== said)
      push(problems, problemOf("CONSISTENCY", name, `${name} has ${rows.get(name)} rows, the manifest says ${said}.`));
    const twin = name.endsWith(".csv") ? `${name.slice(0, -4)}.json` : null;
    if (twin !== null && names.has(twin) && rows.get(twin) !== rows.get(name))
      push(problems, problemOf("CONSISTENCY", name, `${name} has ${rows.get(name)} rows, ${twin} has ${rows.get(twin)}.`));
  }
}

function factsOf(manifest, layout, input) {
  const { campaign = null, population = null, policy = null, sign_off = null } = manifest;
  return {
    kind: manifest.kind,
    files: layout.length,
    bytes: input.size,
    root: manifest.root,
    checkpoint: manifest.checkpoint ?? null,
    campaign,
    population,
    policy,
    sign_off,
  };
}

async function checkKeyFile(input, fileOf, manifest, problems) {
  const pem = (await readFile(input, fileOf.get("public-key.pem"))).toString("latin1");
  if (fingerprintFrom(pem) !== manifest.key.fingerprint)
    push(problems, problemOf("KEY", "public-key.pem", "public-key.pem is not the key that signed the pack."));
}

// --- the log -------------------------------------------------------------------------------------------------------------------------

/** The checkpoint: a C2SP signed note, by the key that the manifest names, over the size and root that it names. */
async function checkCheckpoint(input, fileOf, manifest) {
  const file = "audit/checkpoint.txt";
  const note = (await readFile(input, fileOf.get(file))).toString("utf8");
  const split = note.lastIndexOf("\n\n");
  const text = note.slice(0, split + 1);
  const [origin, digits, root, ...rest] = text.split("\n");
  if (split < 0 || !note.endsWith("\n") || rest.length !== 1 || !/^(0|[1-9]\d*)$/.test(digits) || strictBase64(root)?.length !== 32)
    refuse("CHECKPOINT", file, "This is no checkpoint.");
  const said = manifest.checkpoint ?? {};
  if (said.origin !== origin || String(said.size) !== digits || said.root !== root)
    refuse("CHECKPOINT", file, "The checkpoint is not the one that the manifest names.");
  const [, name, keyId, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(String(said.verifier_key)) ?? [];
  const key = strictBase64(encoded);
  if (name !== origin || key === null || key.length !== 33 || key[0] !== 1)
    refuse("CHECKPOINT", MANIFEST, "The manifest names no key for the checkpoint's log.");
  if (keyId !== sha256(Buffer.concat([Buffer.from(`${name}\n`), key]), "hex").slice(0, 8))
    refuse("CHECKPOINT", MANIFEST, "The id of the log's key does not fit it.");
  const isSigned = note
    .slice(split + 2, -1)
    .split("\n")
    .some((line) => {
      const blob = strictBase64(/^\u2014 (\S+) (\S+)$/u.exec(line)?.[1] === name ? line.slice(line.lastIndexOf(" ") + 1) : undefined);
      return (
        blob !== null &&
        blob.subarray(0, 4).toString("hex") === keyId &&
        verifySignature(Buffer.from(text), key.subarray(1), blob.subarray(4))
      );
    });
  if (!isSigned) refuse("CHECKPOINT", file, "The checkpoint's signature does not verify.");
  return { origin, size: Number(digits), root: strictBase64(root) };
}

/** Rebuilds the root from the events shown and the hashes of what is not shown; checks the values shown against their commitments. */
async function checkEvents(input, fileOf, { checkpoint, proofOf, campaignId }, problems) {
  const [eventsFile, proofsFile] = ["audit/events.jsonl", "audit/proofs.jsonl"];
  const hidden = jsonLines(input, fileOf.get(proofsFile));
  const tree = new Tree();
  const log = { events: 0, shown: 0, withheld: 0, decisionEvents: new Map(), proof: null };
  let node = (await hidden.next()).value;
  const addHidden = async (before) => {
    while (node !== undefined && tree.end < before) {
      const isSound =
        Number.isSafeInteger(node.level) &&
        node.level >= 0 &&
        node.level <= 52 &&
        Number.isSafeInteger(node.index) &&
        /^[0-9a-f]{64}$/.test(node.hash);
      if (!isSound || node.index * 2 ** node.level !== tree.end || (node.index + 1) * 2 ** node.level > before)
        refuse("PROOF", proofsFile, `The proof does not fit before leaf ${before}.`);
      tree.add(node.level, node.index, Buffer.from(node.hash, "hex"));
      node = (await hidden.next()).value;
    }
  };
  for await (const line of jsonLines(input, fileOf.get(eventsFile))) {
    const { body, event_id: id, recorded_at: recordedAt, leaf_index: index, reveal = [] } = line;
    if (![body, id, recordedAt].every((text) => typeof text === "string") || !Number.isSafeInteger(index))
      refuse("PROOF", eventsFile, `Line ${log.events + 1} is no event.`);
    if (index >= checkpoint.size) refuse("PROOF", eventsFile, `Event ${show(id)} is not in the log of ${checkpoint.size} events.`);
    await addHidden(index);
    if (tree.end !== index) refuse("PROOF", eventsFile, `Event ${show(id)} is out of order, or the proof lacks what stands before it.`);
    // A buffer, so that the leaf of the RFC is hashed in one call.
    const leaf = leafHash(
      Buffer.from(`{"body":${JSON.stringify(body)},"event_id":${JSON.stringify(id)},"recorded_at":${JSON.stringify(recordedAt)}}`),
    );
    if (id === proofOf) tree.watch(index, { event_id: id, leaf_index: index, leaf_hash: leaf.toString("hex") });
    tree.add(0, index, leaf);
    log.events += 1;
    checkReveals(id, body, reveal, problems);
    log.shown += reveal.length;
    log.withheld += body.split('"$commitment":"').length - 1 - reveal.length;
    noteDecision(log.decisionEvents, campaignId, id, body);
  }
  await addHidden(checkpoint.size);
  const isWhole = node === undefined && tree.end === checkpoint.size;
  if (!isWhole || Buffer.compare(tree.root(), checkpoint.root) !== 0)
    refuse("PROOF", eventsFile, "The events shown are not those of the log that the checkpoint commits to.");
  if (tree.watched !== null)
    log.proof = {
      ...tree.watched,
      tree_size: checkpoint.size,
      root_hash: checkpoint.root.toString("hex"),
      path: tree.path.map((hash) => hash.toString("hex")),
    };
  return log;
}

/** Subtrees added from left to right; keeps the sibling hashes of one watched leaf, which are its inclusion proof. */
class Tree {
  constructor() {
    this.stack = [];
    this.end = 0;
    this.watched = null;
    this.watchedIndex = -1;
    this.path = [];
  }
  watch(index, facts) {
    this.watchedIndex = index;
    this.watched = facts;
  }
  add(level, index, hash) {
    let node = { level, index, hash, from: index * 2 ** level };
    this.end = node.from + 2 ** level;
    while (node.index % 2 === 1 && this.stack.at(-1)?.level === node.level) node = this.join(this.stack.pop(), node, node.level + 1);
    this.stack.push(node);
  }
  root() {
    if (this.stack.length === 0) return sha256(Buffer.alloc(0));
    return this.stack.reduceRight((right, left) => this.join(left, right, left.level + 1)).hash;
  }
  join(left, right, level) {
    if (this.watched !== null && this.watchedIndex >= left.from) {
      if (this.watchedIndex >= right.from) this.path.push(left.hash);
      else this.path.push(right.hash);
    }
    return { level, index: (left.index - (left.index % 2)) / 2, hash: nodeHash(left.hash, right.hash), from: left.from };
  }
}

function checkReveals(id, body, reveals, problems) {
  if (reveals.length === 0) return;
  const parsed = JSON.parse(body);
  const places = new Set();
  for (const { path, salt, value } of reveals) {
    const text = canonical({ domain: "countersign-commitment-v1", path, salt, value });
    const isOpen = committedAt(parsed, path) === `sha256:${sha256(Buffer.from(text), "hex")}` && !places.has(path);
    if (!isOpen)
      push(
        problems,
        problemOf(
          "COMMITMENT",
          "audit/events.jsonl",
          `Event ${show(id)}: the value shown at ${show(String(path))} is not the one committed to.`,
        ),
      );
    places.add(path);
  }
}

function committedAt(body, path) {
  let value = body;
  for (const token of path === "" ? [] : path.slice(1).split("/")) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, key)) return null;
    value = value[key];
  }
  return value !== null && typeof value === "object" && Object.keys(value).length === 1 ? value.$commitment : null;
}

/** Remembers the events that record decisions of the campaign: each must have its decision in the pack, and each decision its event. */
function noteDecision(decisionEvents, campaignId, id, body) {
  if (!body.includes('"type":"campaign_item')) return;
  const { type, data, subject } = JSON.parse(body);
  if (data?.campaignId !== campaignId) return;
  if (Object.hasOwn(ANSWER_OF_EVENT, type))
    decisionEvents.set(id, {
      answer: ANSWER_OF_EVENT[type],
      decisionId: data.decisionId,
      itemId: subject?.id,
      left: 1,
      terms: data.termsDigest ?? null,
    });
  else if (type === BULK_EVENT) decisionEvents.set(id, { answer: data.answer, decisionId: null, itemId: null, left: Number(data.items) });
}

// --- the tables ----------------------------------------------------------------------------------------------------------------------

/**
 * Items in order of id; decisions, reassignments and remediation in order of item, then version or id. All are read side by side, so
 * memory does not grow with the campaign.
 */
async function checkItems(input, fileOf, decisionEvents, manifest, problems) {
  const wrong = (file, message) => push(problems, problemOf("CONSISTENCY", file, message));
  const counts = { items: 0, decisions: 0, decided: 0 };
  const followers = [
    {
      file: "decisions.json",
      order: (row) => row.item_version,
      take: (row) => {
        counts.decisions += 1;
        checkDecision(row, decisionEvents, wrong);
      },
    },
    { file: "reassignments.json", order: (row) => row.id, take: () => {} },
    { file: "remediation.json", order: (row) => row.id, take: () => {} },
  ];
  for (const follower of followers) {
    follower.rows = listRows(input, fileOf.get(follower.file));
    follower.row = (await follower.rows.next()).value;
  }
  let previous = "";
  for await (const item of listRows(input, fileOf.get("items.json"))) {
    if (typeof item.id !== "string" || item.id <= previous)
      refuse("CONSISTENCY", "items.json", `Item ${show(String(item.id))} is repeated or out of order.`);
    previous = item.id;
    counts.items += 1;
    let named = null;
    for (const follower of followers) {
      let last = null;
      while (follower.row !== undefined && follower.row.item_id === item.id) {
        const place = follower.order(follower.row);
        if (last !== null && !(place > last))
          refuse("CONSISTENCY", follower.file, `A row of item ${show(item.id)} is repeated or out of order.`);
        last = place;
        follower.take(follower.row);
        if (follower.file === "decisions.json" && follower.row.id === item.decision_id) named = follower.row;
        follower.row = (await follower.rows.next()).value;
      }
    }
    checkOutcome(item, named, counts, wrong);
  }
  for (const { file, row } of followers)
    if (row !== undefined)
      refuse("CONSISTENCY", file, `A row names item ${show(String(row.item_id))}, which is not under review or out of order.`);
  for (const [id, { left }] of decisionEvents)
    if (left !== 0) wrong("decisions.json", `Event ${show(id)} records ${left} more decisions than are in the pack.`);
  for (const [name, counted] of Object.entries(counts))
    if (String(manifest.counts?.[name]) !== String(counted))
      wrong(MANIFEST, `The manifest counts ${manifest.counts?.[name]} ${name}, the pack holds ${counted}.`);
  return counts;
}

function checkOutcome(item, named, counts, wrong) {
  const { id, outcome = null, decision_id: decisionId = null, by_silence: bySilence = false } = item;
  if (decisionId !== null && named === null)
    wrong("items.json", `Item ${show(id)} names decision ${show(String(decisionId))}, which is not among its decisions.`);
  if (outcome === null) return;
  counts.decided += 1;
  if (decisionId === null && bySilence !== true)
    wrong("items.json", `Item ${show(id)} is decided, but names no decision and is not marked as decided by silence.`);
  if (named !== null && named.answer !== outcome)
    wrong("items.json", `Item ${show(id)} is ${show(String(outcome))}, its decision says ${show(String(named.answer))}.`);
}

function checkDecision(row, decisionEvents, wrong) {
  const event = decisionEvents.get(row.event_id);
  if (event === undefined)
    return wrong("decisions.json", `Decision ${show(String(row.id))} names no event of the log that records a decision.`);
  event.left -= 1;
  const isOwn = event.decisionId === null || (event.decisionId === row.id && event.itemId === row.item_id);
  if (!isOwn || event.answer !== row.answer)
    wrong("decisions.json", `Decision ${show(String(row.id))} is not what event ${show(row.event_id)} of the log recorded.`);
  else if (event.terms && sha256(Buffer.from(canonical(row.terms ?? null)), "hex") !== event.terms)
    wrong(
      "decisions.json",
      `Decision ${show(String(row.id))} asks for something else than event ${show(row.event_id)} of the log recorded.`,
    );
}

/** Read = kept + excluded + rejected, on every line. */
async function checkPopulation(input, fileOf, problems) {
  let line = 0;
  for await (const row of listRows(input, fileOf.get("population.json"))) {
    line += 1;
    const [read, kept, excluded, rejected] = [row.read, row.kept, row.excluded, row.rejected].map((count) => BigInt(count ?? "0"));
    if (read !== kept + excluded + rejected)
      push(
        problems,
        problemOf(
          "CONSISTENCY",
          "population.json",
          `Line ${line}: ${read} read is not ${kept} kept, ${excluded} excluded and ${rejected} rejected.`,
        ),
      );
  }
}

// --- reading -------------------------------------------------------------------------------------------------------------------------

async function openSource(source) {
  if (typeof source !== "string") {
    const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length), close: async () => {} };
  }
  const handle = await open(source, "r");
  const { size } = await handle.stat();
  const read = async (offset, length) => {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled).catch((error) => {
        throw Object.assign(error, { isReadError: true });
      });
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  };
  return { size, read, close: () => handle.close() };
}

async function* chunksOf(input, { start, size }) {
  for (let at = 0; at < size; at += CHUNK_BYTES) yield input.read(start + at, Math.min(CHUNK_BYTES, size - at));
}

const readFile = (input, { start, size }) =>
  size <= MAX_LINE_BYTES ? input.read(start, size) : refuse("MALFORMED", null, "A file that is read whole is too large.");

async function* linesOf(input, entry) {
  let parts = [];
  let held = 0;
  for await (const chunk of chunksOf(input, entry)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end);
      yield parts.length === 0 ? piece.toString("utf8") : Buffer.concat([...parts, piece]).toString("utf8");
      [parts, held, from] = [[], 0, end + 1];
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > MAX_LINE_BYTES) refuse("MALFORMED", entry.name, `${entry.name} has a line of more than ${MAX_LINE_BYTES} bytes.`);
  }
  if (held > 0) refuse("MALFORMED", entry.name, `${entry.name} does not end with its last line.`);
}

async function* jsonLines(input, entry) {
  for await (const line of linesOf(input, entry)) yield parseRow(line, entry);
}

/** A JSON list with "[" and "]" on lines of their own and one record a line. */
async function* listRows(input, entry) {
  let state = "before";
  for await (const line of linesOf(input, entry)) {
    if (state === "before" && line === "[") state = "first";
    else if ((state === "first" || state === "last") && line === "]") state = "after";
    else if (state === "first" || state === "more") {
      const isMore = line.endsWith(",");
      state = isMore ? "more" : "last";
      yield parseRow(isMore ? line.slice(0, -1) : line, entry);
    } else refuse("MALFORMED", entry.name, `${entry.name} is no list of one record a line.`);
  }
  if (state !== "after") refuse("MALFORMED", entry.name, `${entry.name} is no list of one record a line.`);
}

function parseRow(text, entry) {
  try {
    const row = JSON.parse(text);
    if (row !== null && typeof row === "object" && !Array.isArray(row)) return row;
  } catch {
    // falls through to the refusal
  }
  return refuse("MALFORMED", entry.name, `${entry.name} has a line that is no record.`);
}

function rowCounter(name) {
  const kind = name.endsWith(".jsonl") ? "lines" : name.endsWith(".csv") ? "csv" : name.endsWith(".json") ? "list" : null;
  let [ends, isQuoted, seen, head] = [0, false, 0, ""];
  const addCsv = (chunk) => {
    for (let at = 0; at < chunk.length; at += 1) {
      if (chunk[at] === 34) isQuoted = !isQuoted;
      else if (chunk[at] === 10 && !isQuoted) ends += 1;
    }
  };
  return {
    add(chunk) {
      if (kind === "csv") addCsv(chunk);
      else if (kind !== null) for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) ends += 1;
      if (seen < 2) head += chunk.toString("latin1", 0, 2 - seen);
      seen += chunk.length;
    },
    total() {
      if (kind === null || (kind === "list" && head !== "[\n")) return null;
      return kind === "lines" ? ends : Math.max(0, ends - (kind === "csv" ? 1 : 2));
    },
  };
}

// --- digests, keys, canonical text ---------------------------------------------------------------------------------------------------

const sha256 = crypto.hash
  ? (bytes, form = "buffer") => crypto.hash("sha256", bytes, form)
  : (bytes, form) => (form ? crypto.createHash("sha256").update(bytes).digest(form) : crypto.createHash("sha256").update(bytes).digest());
const leafHash = (bytes) => sha256(Buffer.concat([Buffer.of(0), bytes]));
const nodeHash = (left, right) => sha256(Buffer.concat([Buffer.of(1), left, right]));

function treeRoot(leaves, from, to) {
  if (to - from < 2) return to === from ? sha256(Buffer.alloc(0)) : leaves[from];
  let split = 1;
  while (split * 2 < to - from) split *= 2;
  return nodeHash(treeRoot(leaves, from, from + split), treeRoot(leaves, from + split, to));
}

/** Node 20 before 20.15 has no CRC-32 of its own. */
const crc32 = zlib.crc32 ?? tableCrc32;
let crcTable = null;
export function tableCrc32(bytes, start = 0) {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let value = ~start;
  for (let at = 0; at < bytes.length; at += 1) value = (value >>> 8) ^ crcTable[(value ^ bytes[at]) & 0xff];
  return ~value >>> 0;
}

/** RFC 8785 for the JSON that packs use: no fractions. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object")
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
      .join(",")}}`;
  return JSON.stringify(value);
}

function strictBase64(text) {
  if (typeof text !== "string" || text === "") return null;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
function verifySignature(bytes, publicKey, signature) {
  const key = crypto.createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" });
  return crypto.verify(null, bytes, key, signature);
}

const fingerprintOf = (publicKey) => `sha256:${sha256(publicKey, "hex")}`;

/** A fingerprint from any form that a key is handed round in: PEM, base64 of its 32 bytes, or the fingerprint itself. */
export function fingerprintFrom(text) {
  const trimmed = String(text).trim();
  if (/^sha256:[0-9a-f]{64}$/.test(trimmed)) return trimmed;
  const raw = strictBase64(trimmed);
  if (raw !== null && raw.length === 32) return fingerprintOf(raw);
  if (trimmed.startsWith("-----BEGIN PUBLIC KEY-----")) {
    const spki = crypto.createPublicKey(trimmed).export({ format: "der", type: "spki" });
    if (spki.length === 44 && Buffer.compare(spki.subarray(0, 12), SPKI_PREFIX) === 0) return fingerprintOf(spki.subarray(12));
  }
  throw new TypeError("This is no Ed25519 public key: give a PEM file, 32 bytes in base64, or sha256: and 64 hexadecimal digits.");
}

function push(problems, problem) {
  if (problems.length < MAX_PROBLEMS) problems.push(problem);
}

/** What comes from a pack may be made to fool a terminal. */
const show = (text) =>
  String(text)
    .slice(0, 200)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");

// --- the command line ----------------------------------------------------------------------------------------------------------------

const USAGE = `Usage: node verify.mjs PACK.zip [--key KEY] [--proof EVENT_ID] [--json]

  --key KEY         the public key that must have signed: a PEM file, 32 bytes in base64, or sha256:<fingerprint>
  --proof EVENT_ID  also print the inclusion proof (RFC 9162) of one event
  --json            print one JSON object

Exit code: 0 verified, 1 refused, 2 not asked properly.
`;

/** Runs the command line. Gives the exit code. */
export async function run(args, { out, err }) {
  const asked = parseArguments(args);
  if (asked === null) {
    err(USAGE);
    return 2;
  }
  try {
    const result = await verifyPack(asked.file, { key: asked.key === null ? null : keyText(asked.key), proof: asked.proof });
    if (asked.proof !== null && result.verdict === "verified" && result.proof === null) {
      err(`Event ${show(asked.proof)} is not in this pack.\n`);
      return 2;
    }
    out(asked.json ? `${JSON.stringify({ file: asked.file, ...result })}\n` : reportOf(asked.file, result));
    return result.verdict === "verified" ? 0 : 1;
  } catch (error) {
    err(error.code === "ENOENT" ? `The file ${show(asked.file)} is not there.\n` : `${error.message}\n`);
    return 2;
  }
}

function parseArguments(args) {
  const asked = { file: null, key: null, proof: null, json: false };
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at];
    if (argument === "--json") asked.json = true;
    else if (argument === "--key" || argument === "--proof") {
      at += 1;
      if (args[at] === undefined) return null;
      asked[argument.slice(2)] = args[at];
    } else if (argument.startsWith("-") || asked.file !== null) return null;
    else asked.file = argument;
  }
  return asked.file === null ? null : asked;
}

/** A file's content, if there is such a file; else the argument is the key itself. */
function keyText(argument) {
  try {
    return readFileSync(argument, "utf8");
  } catch {
    return argument;
  }
}

function reportOf(file, { verdict, problems, key, pack, proof }) {
  const lines = [];
  if (verdict === "refused") {
    lines.push(`REFUSED   ${show(file)}`, "");
    for (const problem of problems) lines.push(`  ${problem.code.padEnd(11)} ${show(problem.message)}`);
    if (problems.length === MAX_PROBLEMS) lines.push(`  (only the first ${MAX_PROBLEMS} are shown)`);
    return `${lines.join("\n")}\n`;
  }
  const { campaign, checkpoint } = pack;
  lines.push(`VERIFIED  ${show(file)}`, "");
  if (campaign) lines.push(`  Campaign    ${show(campaign.name ?? "")} ${show(campaign.id ?? "")}`);
  lines.push(`  Files       ${pack.files}, ${pack.bytes} bytes, every byte accounted for; root ${pack.root}`);
  if (pack.counts)
    lines.push(
      `  Items       ${pack.counts.items}, ${pack.counts.decided} decided, ${pack.counts.decisions} decisions, each recorded in the log`,
    );
  lines.push(
    `  Log         ${show(checkpoint.origin)}: ${pack.events} of its ${checkpoint.size} events are in this pack, each proven to be in the log`,
  );
  lines.push(`  Values      ${pack.values_shown} personal values shown match the log; ${pack.values_withheld} are no longer kept`);
  lines.push(`  Signed by   ${key.fingerprint}`);
  if (key.pinned) lines.push("              the key that you pinned");
  else lines.push("", "  The key came with the pack. Compare the fingerprint with one that you got another way, or run again with --key.");
  if (proof) lines.push("", JSON.stringify(proof, null, 2));
  return `${lines.join("\n")}\n`;
}

function isRunDirectly() {
  try {
    return realpathSync(process.argv[1] ?? "") === realpathSync(fileURLToPath(import.meta.url));
  } catch {
    return false;
  }
}

if (isRunDirectly()) {
  process.exitCode = await run(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}
