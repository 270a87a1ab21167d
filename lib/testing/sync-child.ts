import { readFileSync } from "node:fs";
import { syncRun } from "#lib/ingest/sync.sql.ts";
import { cutPoints } from "./cut-points.ts";
import { jobAt } from "./ingest.ts";
import { type MemoryInventory, memoryConnector } from "./memory-connector.ts";

/** A worker in a process of its own, which kills itself before the nth statement of its run: `sync-child.ts <run> <nth> <inventory file>`. */
const [, , runId = "", nth = "", file = ""] = process.argv;
const inventory = JSON.parse(readFileSync(file, "utf8")) as MemoryInventory;
cutPoints().next(Number(nth), () => void process.kill(process.pid, "SIGKILL"));
await syncRun(jobAt("2026-11-20T08:00:00.000Z"), runId, { open: async () => memoryConnector(inventory, { pageSize: 2 }) });
