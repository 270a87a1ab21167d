import { createHash, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { addSource } from "#lib/ingest/commands/add-source.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { operatorCtx, someSignedIn } from "#lib/testing/users.ts";
import { POST as upload } from "./[sourceId]/files/route.ts";
import { POST as preview } from "./preview/route.ts";

ownTestDatabase();

const CSV = "login,firstname,lastname,password\nmara,Mara,Lindt,hunter2\n";
const digestOf = (text: string) => `sha-256=:${createHash("sha256").update(text).digest("base64")}:`;
let manager: Awaited<ReturnType<typeof someSignedIn>>;
let reviewer: typeof manager;
let sourceId: string;

beforeAll(async () => {
  manager = await someSignedIn(["platform_engineer"]);
  reviewer = await someSignedIn(["reviewer"]);
  sourceId = (await addSource(operatorCtx(), { name: `Files ${randomUUID()}`, kind: "files" })).sourceId;
});

type Sent = { as?: typeof manager; body?: BodyInit; headers?: Record<string, string>; length?: number | null; name?: string };

async function send({ as = manager, body = CSV, headers = {}, length = CSV.length, name = "accounts.csv" }: Sent = {}) {
  const request = new Request(`http://localhost:3000/api/v1/sources/${sourceId}/files?name=${encodeURIComponent(name)}`, {
    method: "POST",
    body,
    headers: {
      cookie: `${as.cookie.name}=${as.cookie.value}`,
      origin: "http://localhost:3000",
      "sec-fetch-site": "same-origin",
      ...(length === null ? {} : { "content-length": String(length) }),
      ...headers,
    },
  });
  const response = await upload(request, { params: Promise.resolve({ sourceId }) });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

describe("an upload", () => {
  it("is kept under its digest, with what was said of it", async () => {
    const attestation = { tool: "export", version: "1", command: "export --all", identity: "svc" };
    const facts = { mappedAs: "accounts-2025.csv", exportedAt: "2026-01-01T00:00:00Z", attestation };
    const { status, answer } = await send({
      headers: { "content-digest": digestOf(CSV), "upload-facts": encodeURIComponent(JSON.stringify(facts)) },
    });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ bytes: CSV.length, sha256: createHash("sha256").update(CSV).digest("hex") });
    const [row] = await reader.rows<{ provenance: unknown }>("SELECT provenance FROM source_files WHERE id = $1::uuid", [answer.fileId]);
    expect(row?.provenance).toMatchObject(facts);
  });

  it.each<[string, Sent, number]>([
    ["of a reviewer", {}, 403],
    ["without a length", { length: null }, 400],
    ["longer than it said", { body: `${CSV}${CSV}` }, 413],
    ["longer than anything may be", { length: 5 * 1024 ** 3 }, 413],
    ["that arrives damaged", { headers: { "content-digest": digestOf("something else") } }, 400],
    ["with a digest that is none", { headers: { "content-digest": "md5=:x:" } }, 400],
    ["with facts that are no JSON", { headers: { "upload-facts": "%7Bx" } }, 400],
    ["with a path for a name", { name: "../../etc/passwd" }, 400],
    ["from another origin", { headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" } }, 403],
  ])("%s is refused and leaves nothing", async (what, sent, status) => {
    const before = await reader.rows("SELECT id FROM source_files");
    const { status: answered, answer } = await send(what === "of a reviewer" ? { as: reviewer } : sent);
    expect(answered, JSON.stringify(answer)).toBe(status);
    expect(await reader.rows("SELECT id FROM source_files")).toEqual(before);
  });
});

describe("a preview", () => {
  const ask = async (as: typeof manager, asked: unknown, sample = CSV) => {
    const form = new FormData();
    form.set("sample", new Blob([sample]), "accounts.csv");
    form.set("asked", typeof asked === "string" ? asked : JSON.stringify(asked));
    const body = new Request("http://localhost:3000", { method: "POST", body: form });
    const bytes = await body.arrayBuffer();
    const response = await preview(
      new Request("http://localhost:3000/api/v1/sources/preview", {
        method: "POST",
        body: bytes,
        headers: {
          "content-type": body.headers.get("content-type") ?? "",
          "content-length": String(bytes.byteLength),
          cookie: `${as.cookie.name}=${as.cookie.value}`,
          origin: "http://localhost:3000",
          "sec-fetch-site": "same-origin",
        },
      }),
    );
    return { status: response.status, text: await response.text() };
  };

  it("shows what would come out, and never a private cell", async () => {
    const { status, text } = await ask(manager, { name: "accounts.csv" });
    expect(status).toBe(200);
    expect(text).toContain("Mara Lindt");
    expect(text).not.toContain("hunter2");
  });

  it("is refused to whoever may not manage sources, and where what is asked is not valid", async () => {
    expect((await ask(reviewer, { name: "accounts.csv" })).status).toBe(403);
    expect((await ask(manager, "{")).status).toBe(400);
    expect((await ask(manager, { name: "a/b.csv" })).status).toBe(400);
    expect((await ask(manager, { name: "accounts.csv" }, "x".repeat(4 * 1024 ** 2))).status).toBe(413);
  });
});
