import { lookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { isForbiddenAddress } from "../addresses.ts";
import { SourceError } from "../contract.ts";
import type { LiveSettings } from "./schema.ts";

/** What the SDK asks of whoever carries its requests. */
type Asked = {
  protocol: string;
  hostname: string;
  port?: number | undefined;
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
};
type Answer = { statusCode: number; headers: Record<string, string>; body: Uint8Array };

const CALL_SECONDS = 30;
/** A page of the largest call is a few MiB. */
const ANSWER_BYTES = 32 * 1024 ** 2;
const MOVED = new Set([301, 302, 303, 307, 308]);

/**
 * Carries the SDK's requests to AWS and nowhere else: no redirect is followed, no name may lead to a metadata address, and an answer has
 * an end in time and size. The name is resolved once for each call and pinned, so that what was checked is what is connected to.
 */
export class RequestCarrier {
  readonly #settings: LiveSettings;
  readonly #signal: AbortSignal;

  constructor(settings: LiveSettings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  async handle(asked: Asked): Promise<{ response: Answer }> {
    this.#signal.throwIfAborted();
    const origin = `${asked.protocol}//${asked.hostname}${asked.port ? `:${asked.port}` : ""}`;
    if (!isExpected(origin, this.#settings))
      throw new SourceError(`AWS's client was led to ${origin}, which is not AWS. Nothing was sent there.`);
    const address = await pinnedAddress(asked.hostname, this.#settings.allowLinkLocal);
    const response = await send(asked, address, this.#signal);
    if (MOVED.has(response.statusCode))
      throw new SourceError(`${origin} answered with a redirect, and none is followed. Check the region and the endpoint.`, {
        where: origin,
      });
    return { response };
  }

  // The SDK asks every handler for these.
  updateHttpClientConfig(): void {}
  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
  destroy(): void {}
}

/** AWS's own names over TLS; or the one endpoint that the source names, and then nothing else. */
function isExpected(origin: string, { endpoint }: LiveSettings): boolean {
  if (endpoint) return new URL(endpoint).origin === new URL(origin).origin;
  const { protocol, hostname } = new URL(origin);
  return protocol === "https:" && /^(iam|sts)(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/.test(hostname);
}

async function pinnedAddress(hostname: string, allowLinkLocal: boolean): Promise<string> {
  const found = await lookup(hostname, { all: true, verbatim: true }).catch((cause: unknown) => {
    throw new SourceError(`The host ${hostname} is not known here. Check the region, the endpoint and the name service.`, {
      where: hostname,
      cause,
    });
  });
  // One forbidden answer among several refuses them all: the next connection might be given that one.
  if (!allowLinkLocal && found.some(({ address }) => isForbiddenAddress(address)))
    throw new SourceError(`The host ${hostname} leads to a link-local or metadata address, which sources may not use.`, {
      where: hostname,
    });
  const [first] = found;
  if (!first) throw new SourceError(`The host ${hostname} has no address.`, { where: hostname });
  return first.address;
}

function send(asked: Asked, address: string, signal: AbortSignal): Promise<Answer> {
  const query = new URLSearchParams(
    Object.entries(asked.query ?? {}).flatMap(([name, value]) => [value ?? ""].flat().map((each): [string, string] => [name, each])),
  ).toString();
  const { request } = asked.protocol === "http:" ? http : https;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: address,
        ...(isIP(asked.hostname) === 0 ? { servername: asked.hostname } : {}),
        ...(asked.port ? { port: asked.port } : {}),
        method: asked.method,
        path: query === "" ? asked.path : `${asked.path}?${query}`,
        headers: asked.headers,
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_SECONDS * 1_000)]),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > ANSWER_BYTES) response.destroy(new SourceError(`An answer of AWS is larger than ${ANSWER_BYTES} bytes.`));
          else chunks.push(chunk);
        });
        response.on("error", reject);
        response.on("end", () => {
          const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
          resolve({ statusCode: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) });
        });
      },
    );
    sent.on("error", reject);
    sent.end(asked.body as string | Uint8Array | undefined);
  });
}
