import type { Connector, Cursor, Declared, Page } from "#lib/connectors/contract.ts";
import { SourceError } from "#lib/connectors/contract.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { count } from "./errors.ts";
import { streamsOf } from "./mapping.ts";
import { type Part, StreamPages } from "./pages.ts";
import { checkDigest, type FilesConfig, filesConfig, type UploadedFile } from "./upload.ts";

type Options = { pageRecords?: number };

/** Reads uploaded files as their mapping says. Each read continues where the last page ended; any earlier cursor opens the file again there. */
export function createFilesConnector(config: unknown, { pageRecords = 5_000 }: Options = {}): Connector {
  const parsed = filesConfig.parse(config);
  refuseUnmapped(parsed);
  const streams = streamsOf(parsed.mapping.files);
  const parts = new Map(streams.map((stream) => [stream, partsOf(parsed, stream)]));
  const open = new Map<Stream, StreamPages>();

  return {
    kind: "files",
    streams,
    async declare(signal) {
      signal.throwIfAborted();
      for (const file of parsed.files) await checkDigest(file, signal);
      return declared(parsed, streams);
    },
    async read(stream: Stream, cursor: Cursor, signal: AbortSignal): Promise<Page> {
      signal.throwIfAborted();
      const wanted = parts.get(stream);
      if (!wanted) throw new SourceError(`This source has no ${stream}: no file is mapped to them.`);
      let pages = open.get(stream);
      if (!pages || pages.cursor !== cursor) {
        await pages?.close();
        pages = new StreamPages(stream, wanted, cursor, pageRecords);
        open.set(stream, pages);
      }
      try {
        const page = await pages.next(signal);
        if (page.next === null) open.delete(stream);
        return page;
      } catch (error) {
        open.delete(stream);
        await pages.close();
        throw error;
      }
    },
    async close() {
      for (const pages of open.values()) await pages.close();
      open.clear();
    },
  };
}

/** A file that nothing reads would look imported and be ignored. */
function refuseUnmapped({ files, mapping }: FilesConfig): void {
  const names = new Set(mapping.files.map(({ name }) => name));
  const stray = files.find(({ name, mappedAs }) => !names.has(mappedAs ?? name));
  if (stray)
    throw new SourceError(`The mapping has no file ${stray.mappedAs ?? stray.name}. Add it to the mapping, or leave it out.`, {
      where: stray.name,
    });
}

/**
 * The uploads that feed a stream, in reading order: whole files before the ones that name the same things in passing, so that a
 * group's own row wins over its mention.
 */
export function partsOf({ files, mapping }: FilesConfig, stream: Stream): Part[] {
  const parts = mapping.files.flatMap((mapped) => {
    const targets = mapped.targets.filter((target) => target.stream === stream);
    const uploads = files.filter(({ name, mappedAs }) => (mappedAs ?? name) === mapped.name);
    if (targets.length > 0 && uploads.length === 0) {
      throw new SourceError(`No file was uploaded for ${mapped.name}, which the mapping reads ${stream} from.`, { where: mapped.name });
    }
    return targets.flatMap((target) => uploads.map((file): Part => ({ file, mapped, target })));
  });
  return [...parts.filter(({ target }) => !target.distinct), ...parts.filter(({ target }) => target.distinct)];
}

function declared({ files, mapping }: FilesConfig, streams: readonly Stream[]): Declared {
  const instants = files.map((file) => Date.parse(file.exportedAt ?? file.uploadedAt));
  const described = files.map(({ name, bytes, sha256 }) => `${name}, ${count(bytes)} bytes, SHA-256 ${sha256}`);
  return {
    totals: totalsOf(files, mapping, streams),
    scopes: [],
    // The whole speaks of the oldest export: a removal proved by it happened before that.
    observedAt: new Date(Math.min(...instants)).toISOString(),
    product: `Countersign files: ${described.join("; ")}`,
    account: [...new Set(files.map(accountOf))].join("; "),
    endpoint: files.map(({ name }) => name).join(", "),
  };
}

/** A stream's total is known only where every file that feeds it came with a count. */
function totalsOf(files: readonly UploadedFile[], mapping: FilesConfig["mapping"], streams: readonly Stream[]): Declared["totals"] {
  const totals: Declared["totals"] = {};
  for (const stream of streams) {
    const names = mapping.files.filter(({ targets }) => targets.some((target) => target.stream === stream)).map(({ name }) => name);
    const counts = files.filter(({ name, mappedAs }) => names.includes(mappedAs ?? name)).map((file) => file.declared?.[stream]);
    const known = counts.filter((total) => total !== undefined);
    if (known.length === counts.length && known.length > 0) totals[stream] = known.reduce((sum, total) => sum + total, 0);
  }
  return totals;
}

const accountOf = (file: UploadedFile) =>
  file.attestation ? `${file.attestation.identity}, uploaded by ${file.uploader}` : `unattested, uploaded by ${file.uploader}`;
