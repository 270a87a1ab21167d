import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Family } from "./family.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "countersign-family-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that writes its number down, then does as told. */
function program(name: string, then: string) {
  const file = path.join(folder, `${name}.mjs`);
  const births = path.join(folder, `${name}.births`);
  writeFileSync(file, `import fs from "node:fs"; fs.appendFileSync(${JSON.stringify(births)}, process.pid + "\\n"); ${then}`);
  const pids = () => (existsSync(births) ? readFileSync(births, "utf8").trim().split("\n").filter(Boolean).map(Number) : []);
  return { program: { name, args: [file], env: {} }, pids };
}

const lives = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

it("starts a program again when it dies, and says so", async () => {
  const notices: string[] = [];
  const family = new Family((line) => notices.push(line));
  const { program: mayfly, pids } = program("mayfly", "setTimeout(() => process.exit(3), 10);");
  family.keep(mayfly, () => {});
  await vi.waitUntil(() => pids().length >= 3, { timeout: 10_000 });
  await family.end(500);
  expect(notices[0]).toBe("The mayfly ended (code 3); starting it again.");
});

it("gives up on a program that dies again and again, with its last words", async () => {
  const family = new Family(() => {}, [1, 1]);
  const logFile = path.join(folder, "log");
  appendFileSync(logFile, "from an earlier run\n");
  const { program: hopeless } = program("hopeless", 'console.log("no such table"); process.exit(1);');
  const error = await new Promise<Error>((resolve) => family.keep({ ...hopeless, logFile }, resolve));
  await family.end(500);
  expect(error.message).toMatch(/hopeless does not stay up[\s\S]*no such table/);
});

it("ends everybody, also those who will not listen and their children", async () => {
  const family = new Family(() => {});
  const { program: stubborn, pids } = program(
    "stubborn",
    `import { spawn } from "node:child_process";
     for (const name of ["SIGTERM", "SIGINT"]) process.on(name, () => {});
     const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
     fs.appendFileSync(process.argv[1].replace(".mjs", ".births"), child.pid + "\\n");
     setInterval(() => {}, 1000);`,
  );
  family.keep(stubborn, () => {});
  await vi.waitUntil(() => pids().length === 2, { timeout: 10_000 });
  await family.end(100);
  await vi.waitUntil(() => pids().every((pid) => !lives(pid)), { timeout: 5000 });
});

it("leaves nobody behind when the launcher is killed", async () => {
  const { program: orphan, pids } = program("orphan", "setInterval(() => {}, 1000);");
  const script = `
    import { Family } from ${JSON.stringify(path.join(import.meta.dirname, "family.ts"))};
    new Family(() => {}).keep(${JSON.stringify(orphan)}, () => {});
    setInterval(() => {}, 1000);`;
  const launcher = spawn(process.execPath, ["--conditions=react-server", "--input-type=module", "-e", script], { stdio: "ignore" });
  await vi.waitUntil(() => pids().length === 1, { timeout: 10_000 });
  expect(pids().every(lives)).toBe(true);
  launcher.kill("SIGKILL");
  await vi.waitUntil(() => pids().every((pid) => !lives(pid)), { timeout: 5000 });
});
