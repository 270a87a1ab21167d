import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { DomainError, type ErrorCode } from "#lib/errors/domain-error.ts";
import { UsageError } from "./arguments.ts";
import { Download, type Verb, type VerbIo } from "./verbs/verb.ts";

export type Login = { url: string; token: string; expiresAt: string };
type Printer = { out: (text: string) => void; err: (text: string) => void };

const loginFile = () => join(process.env.XDG_CONFIG_HOME || join(homedir(), ".config"), "countersign", "login.json");

/** The token that `countersign login` obtained, or COUNTERSIGN_URL and COUNTERSIGN_TOKEN; null where there is none or it ran out. */
export function readLogin(): Login | null {
  const { COUNTERSIGN_URL: url, COUNTERSIGN_TOKEN: token } = process.env;
  if (url && token) return { url, token, expiresAt: "" };
  try {
    const login = JSON.parse(readFileSync(loginFile(), "utf8")) as Login;
    return Date.parse(login.expiresAt) > Date.now() ? login : null;
  } catch {
    return null;
  }
}

/** Asks for a code, has the user confirm it in the browser, and keeps the token in a file that only this user reads. */
export async function login(words: readonly string[], { out, err }: Printer): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: { url: { type: "string" }, out: { type: "boolean" } }, strict: false });
  const url = typeof values.url === "string" ? values.url.replace(/\/$/, "") : "";
  if (!URL.canParse(url)) throw new UsageError("Usage: countersign login --url https://countersign.example.com");
  const begun = await json<{ code: string; pollToken: string; confirmUrl: string; intervalSeconds: number }>(
    await fetch(`${url}/api/v1/cli-login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ label: hostname() }),
    }),
  );
  err(`Open ${begun.confirmUrl} and confirm the code ${begun.code}`);
  for (;;) {
    await wait(begun.intervalSeconds * 1000);
    const answer = await json<{ token?: string; expiresAt?: string }>(
      await fetch(`${url}/api/v1/cli-login/poll`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ pollToken: begun.pollToken }),
      }),
    );
    if (!answer.token || !answer.expiresAt) continue;
    mkdirSync(dirname(loginFile()), { recursive: true, mode: 0o700 });
    writeFileSync(loginFile(), JSON.stringify({ url, token: answer.token, expiresAt: answer.expiresAt }), { mode: 0o600 });
    out(`Signed in to ${url} until ${answer.expiresAt}.`);
    return 0;
  }
}

/** The same verb, run by the server as the token's user. A file goes up as the body, with the input in a header. */
export async function callRemote({ url, token }: Login, verb: Verb, input: unknown, io: VerbIo): Promise<unknown> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    "x-countersign-input": Buffer.from(JSON.stringify(input)).toString("base64"),
  };
  if (io.upload)
    Object.assign(headers, { "content-type": "application/octet-stream", "x-countersign-file": encodeURIComponent(io.upload.name) });
  const body = io.upload ? { body: Readable.toWeb(Readable.from(io.upload.bytes)) as BodyInit, duplex: "half" as const } : {};
  const response = await fetch(`${url}/api/v1/verbs/${verb.name.replaceAll(" ", ".")}`, { method: "POST", headers, ...body });
  const facts = response.headers.get("x-countersign-facts");
  if (response.ok && facts && response.body)
    return new Download(
      Readable.fromWeb(response.body as import("node:stream/web").ReadableStream),
      JSON.parse(Buffer.from(facts, "base64").toString()),
    );
  return json(response);
}

async function json<T>(response: Response): Promise<T> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return body as T;
  throw new DomainError(
    (body.title as ErrorCode | undefined) ?? "UPSTREAM",
    String(body.detail ?? `The server answered ${response.status}.`),
  );
}
