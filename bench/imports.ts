import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import path from "node:path";
import { type Edition, fileOf } from "./data.ts";
import type { Bench, Prepared, Workload } from "./harness.ts";
import { dropRaw, rawFirstImport, rawReimport, rawUpsert } from "./raw-import.ts";
import { addFilesSource, emptyInventory, forgetFiles, importedSource, settle, sync, upload, writeData } from "./source.ts";

const written = (bench: Bench, ...editions: Edition[]): string[] =>
  editions.map((edition) => {
    const folder = path.join(bench.folder, edition);
    bench.progress(`writing ${bench.rows} grants (${edition})`);
    writeData(folder, bench.rows, edition);
    return folder;
  });

export const firstImport: Workload = {
  id: "W1",
  what: "first import of five CSV files, from upload to searchable",
  baseline: "COPY into unlogged staging, heap, then the same indexes",
  target: { kind: "at most", ratio: 1.15 },
  prepare: async (bench) => {
    const [folder = ""] = written(bench, "whole");
    let sourceId = "";
    return {
      before: async (side) => {
        if (side === "baseline") await dropRaw(bench.admin);
        else sourceId = await addFilesSource("Directory");
      },
      ours: async () => {
        await upload(sourceId, folder);
        return void (await sync(sourceId));
      },
      baseline: async () => void (await rawFirstImport(bench.admin, folder)),
      after: async (side) => {
        if (side === "ours") await emptyInventory(bench.admin);
        else await dropRaw(bench.admin);
      },
    };
  },
};

type RawImport = typeof rawReimport;

/** Both sides go from one export to the other and back: each time the same hundredth differs. */
async function prepareReimport(bench: Bench, raw: RawImport): Promise<Prepared> {
  const folders = written(bench, "before", "after");
  const [before = ""] = folders;
  await dropRaw(bench.admin);
  const sourceId = await importedSource(before, bench.admin);
  await rawFirstImport(bench.admin, before);
  await settle(bench.admin);
  const turn = { ours: 0, baseline: 0 };
  const next = (side: keyof typeof turn): string => folders[turn[side] % 2] ?? "";
  return {
    before: async (side) => {
      turn[side] += 1;
      if (side === "ours") await forgetFiles();
    },
    ours: async () => {
      await upload(sourceId, next("ours"));
      return void (await sync(sourceId));
    },
    baseline: async () => void (await raw(bench.admin, next("baseline"), turn.baseline)),
    after: async () => void (await settle(bench.admin)),
  };
}

export const reimport: Workload = {
  id: "W2",
  what: "import of the same source again, 1 % changed",
  baseline: "COPY, ANALYZE, hash FULL JOIN, writing only the changes",
  target: { kind: "at most", ratio: 1.15 },
  prepare: (bench) => prepareReimport(bench, rawReimport),
};

export const reimportAgainstUpsert: Workload = {
  id: "W2u",
  of: "W2",
  what: "import of the same source again, 1 % changed",
  baseline: "upsert of every row",
  target: { kind: "at least", ratio: 5.5 },
  prepare: (bench) => prepareReimport(bench, rawUpsert),
};

export const sameFile: Workload = {
  id: "W2b",
  what: "upload and import of a file that did not change",
  baseline: "sha256sum of it",
  target: { kind: "at most", ratio: 1.5 },
  prepare: async (bench) => {
    const [folder = ""] = written(bench, "whole");
    const sourceId = await importedSource(folder, bench.admin);
    return {
      ours: async () => {
        await upload(sourceId, folder, ["grants"]);
        return void (await sync(sourceId));
      },
      baseline: async () => {
        const child = spawn("sha256sum", [fileOf(folder, "grants")], { stdio: ["ignore", "ignore", "inherit"] });
        const [code] = await once(child, "close");
        if (code !== 0) throw new Error("sha256sum failed.");
        return undefined;
      },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};
