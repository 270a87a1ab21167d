/** What one file may hold. Beyond these it is refused, so that memory stays flat whatever is uploaded. */
export const LIMITS = {
  /** Bytes after decompression. */
  bytes: 4 * 1024 ** 3,
  /** A gzip file that grows past this many bytes may not have grown by more than `inflation`. */
  inflationFreeBytes: 64 * 1024 ** 2,
  inflation: 200,
  columns: 1_000,
  cellCharacters: 1024 ** 2,
  recordCharacters: 16 * 1024 ** 2,
  /** Objects in objects in a line of JSON. */
  depth: 8,
  /** Different keys of a stream that is made from the cells of another one (the groups of an account list). */
  distinctKeys: 1_000_000,
} as const;

export type Limits = { readonly [Name in keyof typeof LIMITS]: number };
