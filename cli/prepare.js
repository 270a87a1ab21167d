// Plain JavaScript without dependencies: this runs on whatever Node the machine has, before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MODULES = path.join(ROOT, "node_modules");
const GENERATED = path.join(ROOT, "lib", "db", "generated");
const PINNED_MAJOR = 24;

/** What a person has to read; everything else is a bug and keeps its stack. */
export class Refusal extends Error {}

/** Installs, and generates what the clone does not hold, each only when needed. Returns the Node that runs the rest. */
export async function prepare(progress) {
  if (Number.parseInt(process.versions.node, 10) < 20)
    throw new Refusal(`Node ${process.versions.node} is too old: Countersign needs Node 20 or newer to start.`);
  if (!installed()) await timed(progress, "Installing packages", install);
  const node = pinnedNode();
  if (!generated()) await timed(progress, "Generating the database client", () => generate(node));
  return node;
}

async function timed(progress, what, work) {
  const began = Date.now();
  progress(`${what}...`);
  await work();
  progress(`${what}: done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
};

/** npm keeps a record of what it installed; it has to hold all that the lockfile asks for on this platform. */
function installed() {
  const wanted = readJson(path.join(ROOT, "package-lock.json"))?.packages ?? {};
  const found = readJson(path.join(MODULES, ".package-lock.json"))?.packages;
  if (!found) return false;
  return Object.entries(wanted).every(([place, { version, integrity, optional, os, cpu, libc }]) => {
    if (place === "" || found[place]?.version === version) return place === "" || found[place].integrity === integrity;
    return (
      optional === true &&
      (elsewhere(os, process.platform) ||
        elsewhere(cpu, process.arch) ||
        libc !== undefined ||
        (found[place] === undefined && nested(place, wanted)))
    );
  });
}

const elsewhere = (listed, ours) => listed !== undefined && ![listed].flat().includes(ours);

/** An optional package of a package that belongs to another platform. */
const nested = (place, wanted) => wanted[place].os === undefined && wanted[place].cpu === undefined;

async function install() {
  const npm = process.env.npm_execpath?.endsWith(".js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--include=dev", "--include=optional", "--loglevel=error"];
  const code = await run(npm[0], [...npm.slice(1), ...args], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  if (code !== 0)
    throw new Refusal("npm could not install the packages (see above). Check the network and the npm registry, then try again.");
}

function pinnedNode() {
  const packaged = path.join(MODULES, `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(packaged) && spawnSync(packaged, ["--version"]).status === 0) return packaged;
  if (Number.parseInt(process.versions.node, 10) >= PINNED_MAJOR) return process.execPath;
  throw new Refusal(`No Node ${PINNED_MAJOR} is packaged for ${process.platform}-${process.arch}: install it, then try again.`);
}

/** The schema and the generator's version: what the generated client depends on. */
function schemaDigest() {
  const folder = path.join(ROOT, "prisma");
  const models = path.join(folder, "models");
  const files = [
    path.join(folder, "schema.prisma"),
    ...(existsSync(models)
      ? readdirSync(models)
          .sort()
          .map((name) => path.join(models, name))
      : []),
  ];
  const digest = createHash("sha256").update(readJson(path.join(MODULES, "prisma", "package.json"))?.version ?? "");
  for (const file of files) digest.update(`\0${path.basename(file)}\0`).update(readFileSync(file));
  return digest.digest("hex");
}

const stampFile = path.join(GENERATED, ".schema-digest");
const generated = () => existsSync(stampFile) && readFileSync(stampFile, "utf8") === schemaDigest();

async function generate(node) {
  // The generator never runs the native schema engine, which would be a download from outside the registry; it only insists that one exists.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: node,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
    NO_COLOR: "1",
  };
  const child = spawnSync(node, [path.join(MODULES, "prisma", "build", "index.js"), "generate"], { cwd: ROOT, env, encoding: "utf8" });
  if (child.status !== 0) throw new Refusal(`The database client could not be generated:\n${child.stdout}${child.stderr}`);
  writeFileSync(stampFile, schemaDigest());
}

function run(command, args, options) {
  return new Promise((resolve, reject) => spawn(command, args, options).once("error", reject).once("close", resolve));
}

/**
 * Runs one of our programs on the pinned Node and ends as it ends. The channel is a leash: when this process dies, however it dies,
 * the program notices and ends itself.
 */
export async function runPinned(node, script, args) {
  const file = path.join(ROOT, script);
  if (!existsSync(file)) throw new Refusal(`This version has no ${script} yet.`);
  const PATH = `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}`;
  const child = spawn(node, ["--conditions=react-server", "--disable-warning=ExperimentalWarning", file, ...args], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH },
  });
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => child.kill(name));
  const orphaned = process.env.npm_lifecycle_event === undefined ? undefined : whenOrphaned(() => child.kill("SIGTERM"));
  const [code, signal] = await new Promise((resolve, reject) => child.once("error", reject).once("close", (...end) => resolve(end)));
  clearInterval(orphaned);
  return code ?? (signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : 1);
}

/** npm was killed in a way that it could not pass on; nobody is left to stop us. Between npm and us there may be a shell, which stays. */
function whenOrphaned(stop) {
  const [parent, grandparent] = [process.ppid, parentOf(process.ppid)];
  return setInterval(() => {
    if (process.ppid !== parent || parentOf(parent) !== grandparent) stop();
  }, 500);
}

/** Linux alone says so without a program of its own; elsewhere only our own parent is watched. */
function parentOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[1];
  } catch {
    return null;
  }
}

export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exitCode = 1;
  }
}
