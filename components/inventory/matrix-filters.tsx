"use client";

import { useMemo } from "react";
import { type Filter, FilterBar } from "#components/data-table/filter-bar.tsx";
import { ENVIRONMENTS, IDENTITY_CLASSES, RESOURCE_CLASSES } from "#lib/inventory/streams.ts";
import { chosen } from "./inventory-words.ts";

/** Which identities and which resources the matrix is of. */
export function MatrixFilters({ sources }: { sources: readonly { id: string; name: string }[] }) {
  const identities = useMemo<Filter[]>(
    () => [
      { param: "class", label: "Identity class", options: chosen(IDENTITY_CLASSES) },
      { param: "source", label: "Source", options: sources.map(({ id, name }) => ({ value: id, label: name })) },
    ],
    [sources],
  );
  const resources = useMemo<Filter[]>(
    () => [
      { param: "resourceClass", label: "Resource class", options: chosen(RESOURCE_CLASSES) },
      { param: "environment", label: "Environment", options: chosen(ENVIRONMENTS) },
      { param: "only", label: "Access", options: [{ value: "privileged", label: "privileged only" }] },
    ],
    [],
  );
  return (
    <>
      <FilterBar name="Which identities" text={{ label: "Identity or person" }} filters={identities} />
      <FilterBar name="Which resources" text={{ param: "resource", label: "Resource" }} filters={resources} />
    </>
  );
}
