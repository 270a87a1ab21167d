"use client";

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useReads } from "#components/ui/reads.ts";
import type { FileFormat, FileMapping } from "#lib/connectors/files/mapping.ts";
import { type PreviewAsked, readPreview } from "./file-api.ts";

const SETTLE_MS = 300;

/** The preview of a chosen file, read anew a moment after each change of the mapping; the last one stays until then. */
export function useFilePreview(key: string, file: File, sourceId: string | null, edited: FileMapping | null, format: FileFormat | null) {
  const asked = useMemo<PreviewAsked>(() => (edited ? { mapping: edited } : format ? { format } : {}), [edited, format]);
  const [settled] = useDebouncedValue(asked, SETTLE_MS, { leading: true });
  const { data, error, isFetching } = useQuery(
    {
      queryKey: ["file-preview", key, sourceId, settled],
      queryFn: ({ signal }) => readPreview(file, sourceId, settled, signal),
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 60_000,
      retry: false,
    },
    useReads(),
  );
  return { answer: data, failure: error ? error.message : null, isStale: isFetching || settled !== asked };
}
