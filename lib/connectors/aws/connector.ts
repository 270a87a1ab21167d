import type { Stream } from "#lib/inventory/streams.ts";
import { type Connector, type Cursor, type Declared, type Page, SourceError } from "../contract.ts";
import { count } from "../files/errors.ts";
import type { Account } from "./account.ts";
import { readBundle } from "./bundle.ts";
import { pageOf } from "./pages.ts";
import type { AwsConfig } from "./schema.ts";
import { scopesOf } from "./scopes.ts";
import { AWS_STREAMS, listStreams, totalsOf } from "./streams.ts";

/** `refusal`: why nothing could be read, where the reader may not make the call that everything hangs on. */
export type Reading = {
  readonly accounts: readonly Account[];
  readonly refusal?: string;
  readonly facts: Pick<Declared, "product" | "account" | "endpoint" | "scopes">;
};

type Opened = { readonly declared: Declared; readonly streams: ReturnType<typeof listStreams> };

/**
 * IAM of one account or several: from files that the AWS CLI exported, or asked of AWS. Either way the same parser makes the same accounts,
 * read whole at the first call; pages are then cut from what lies there.
 */
export function createAwsConnector(config: AwsConfig): Connector {
  let opened: Promise<Opened> | undefined;
  const life = new AbortController();

  async function open(signal: AbortSignal): Promise<Opened> {
    signal.throwIfAborted();
    const stop = AbortSignal.any([signal, life.signal]);
    opened ??= read(config, stop);
    const mine = opened;
    return mine.catch((error: unknown) => {
      if (opened === mine) opened = undefined;
      signal.throwIfAborted();
      throw error;
    });
  }

  return {
    kind: "aws",
    streams: AWS_STREAMS,
    declare: async (signal) => (await open(signal)).declared,
    async read(stream: Stream, cursor: Cursor, signal: AbortSignal): Promise<Page> {
      const known = AWS_STREAMS.find((each) => each === stream);
      if (!known) return { records: [], next: null, completeness: { kind: "unavailable", reason: `AWS IAM has no ${stream}.` } };
      const { streams } = await open(signal);
      return pageOf(known, streams[known], cursor, config.pageSize);
    },
    async close() {
      life.abort(new SourceError("The source was closed."));
      await opened?.catch(() => {});
    },
  };
}

async function read(config: AwsConfig, signal: AbortSignal): Promise<Opened> {
  const { accounts, facts, refusal } = config.way === "bundle" ? await bundled(config, signal) : await asked(config, signal);
  const observedAt = accounts.map((account) => account.observedAt).sort()[0] ?? new Date().toISOString();
  return { declared: { ...facts, totals: totalsOf(accounts), observedAt }, streams: listStreams(accounts, refusal) };
}

async function bundled(config: Extract<AwsConfig, { way: "bundle" }>, signal: AbortSignal): Promise<Reading> {
  const accounts = await readBundle(config, signal);
  const { files } = config;
  const described = files.map(({ name, bytes, sha256 }) => `${name}, ${count(bytes)} bytes, SHA-256 ${sha256}`);
  const told = files.map(({ attestation, uploader }) => `${attestation ? attestation.identity : "unattested"}, uploaded by ${uploader}`);
  return {
    accounts,
    facts: {
      product: `AWS IAM, an offline bundle: ${described.join("; ")}`,
      account: [...new Set(told)].join("; "),
      endpoint: accounts.map(({ name, id }) => (name === id ? id : `${name} (${id})`)).join(", "),
      scopes: scopesOf(accounts),
    },
  };
}

/** The client of AWS is large, and only who asks AWS itself pays for it. */
const asked = async (config: Extract<AwsConfig, { way: "live" }>, signal: AbortSignal): Promise<Reading> =>
  (await import("./live.ts")).readLive(config, signal);
