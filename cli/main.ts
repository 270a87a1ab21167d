import { createReadStream, createWriteStream } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DomainError } from "#lib/errors/domain-error.ts";
import { toDomainError } from "#lib/errors/http.ts";
import { run as verifyPack } from "#lib/evidence/verifier/verify.js";
import { findVerb, groupLines, groupOf, inputOf, overviewOf, UsageError, unknownOf, usageOf } from "./arguments.ts";
import { inTurn } from "./in-turn.ts";
import { type Call, runLocally } from "./local.ts";
import { callRemote, login, readLogin } from "./remote.ts";
import { Download, type Verb } from "./verbs/verb.ts";
import { VERBS } from "./verbs/verbs.ts";

const out = (text: string) => process.stdout.write(`${text}\n`);
const err = (text: string) => process.stderr.write(`${text}\n`);

/** `--json` and `--out` are the caller's side of every verb. */
function takeOwn(words: readonly string[]): { words: string[]; json: boolean; outFile: string | null; help: boolean } {
  const rest: string[] = [];
  const own = { json: false, outFile: null as string | null, help: false };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--json") own.json = true;
    else if (word === "--help" || word === "-h") own.help = true;
    else if (word === "--out") own.outFile = words[++at] ?? null;
    else if (word.startsWith("--out=")) own.outFile = word.slice(6);
    else rest.push(word);
  }
  return { words: rest, ...own };
}

async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === "evidence" && argv[1] === "verify" && !argv.includes("--help"))
    return verifyPack(argv.slice(2), { out, err: (text) => err(text.replace("node verify.mjs", "countersign evidence verify").trimEnd()) });
  const { words, json, outFile, help } = takeOwn(argv);
  if (words[0] === "login") return login(words.slice(1), { out, err });
  const verb = findVerb(VERBS, words);
  if (!verb) {
    const [first] = words;
    if (first === undefined || (help && groupOf(VERBS, first).length === 0)) out(overviewOf(VERBS));
    else if (help) out(groupLines(VERBS, first));
    else throw new UsageError(unknownOf(VERBS, words));
    return 0;
  }
  if (help) {
    out(usageOf(verb));
    return 0;
  }
  let code = 0;
  for await (const result of results(verb, callsOf(inputOf(verb, words)))) {
    if (result instanceof Download) return save(result, outFile, json);
    out(json ? JSON.stringify(result) : verb.print(result));
    code = Math.max(code, verb.exitCode(result));
  }
  return code;
}

/** One call; several where there are several files, each sent along with its own. */
function callsOf(input: Record<string, unknown>): Call[] {
  const { file, files, secretEnv, ...rest } = input;
  // Secrets come by the environment: a command line is seen by everyone on the machine.
  if (typeof secretEnv === "string") {
    rest.secret = process.env[secretEnv];
    if (!rest.secret) throw new UsageError(`The environment variable ${secretEnv} is not set.`);
  }
  const paths = Array.isArray(files) ? files.map(String) : [typeof file === "string" ? file : null];
  return paths.map((path) => ({
    input: rest,
    io: { upload: path ? { name: basename(path), bytes: bytesOf(path) } : null, progress: err },
  }));
}

/** Opened when it is its turn. */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

/** As the signed-in user where there was a login, else as the operator of this machine. */
async function* results(verb: Verb, calls: readonly Call[]): AsyncGenerator<unknown> {
  const known = readLogin();
  if (!known) yield* runLocally(verb, calls);
  else yield* inTurn(calls, ({ input, io }) => callRemote(known, verb, input, io));
}

async function save(download: Download, outFile: string | null, json: boolean): Promise<number> {
  if (!outFile) throw new UsageError("This command writes a file: say where with --out FILE.");
  await pipeline(Readable.from(download.bytes), createWriteStream(outFile));
  const facts = { ...download.facts, file: outFile };
  out(
    json
      ? JSON.stringify(facts)
      : Object.entries(facts)
          .map(([name, value]) => `${name}: ${value}`)
          .join("\n"),
  );
  return 0;
}

const FILE_WORDS: Readonly<Record<string, string>> = {
  ENOENT: "is not there, or its folder is not",
  EACCES: "may not be read or written by you",
  EISDIR: "is a folder, not a file",
  ENOSPC: "does not fit on the disk",
};

/** Of what the file system refused; null for anything else. */
function fileSentence(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  const words = FILE_WORDS[String(error.code)];
  return words ? `The file ${"path" in error ? error.path : ""} ${words}.`.replace("  ", " ") : null;
}

function sentenceOf(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  const file = fileSentence(error);
  if (file) return file;
  const known: DomainError = toDomainError(error, (_reference, unknown) =>
    err(unknown instanceof Error ? (unknown.stack ?? unknown.message) : String(unknown)),
  );
  const fields = Object.entries(known.fields ?? {}).map(([name, sentence]) => `  ${name}: ${sentence}`);
  return [`${known.code}: ${known.message}`, ...fields].join("\n");
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  err(sentenceOf(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
process.exit();
