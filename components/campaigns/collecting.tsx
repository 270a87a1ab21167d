"use client";

import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useReads } from "#components/ui/reads.ts";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { CampaignState } from "#lib/campaigns/types.ts";
import classes from "./campaign-page.module.css";

const POLL_MS = 1_000;

/** Waits for the freeze, which runs in the worker, and shows the page anew when it is through. It can be left meanwhile. */
export function Collecting({ campaignId }: { campaignId: string }) {
  const router = useRouter();
  const { data, isError } = useQuery(
    {
      queryKey: ["campaign-progress", campaignId],
      queryFn: async ({ signal }) => {
        const response = await fetch(`/api/v1/campaigns/${campaignId}/progress`, { signal });
        if (!response.ok) throw new Error(`Progress answered ${response.status}`);
        return (await response.json()) as { state: CampaignState };
      },
      refetchInterval: (query) => (query.state.data && query.state.data.state !== "COLLECTING" ? false : POLL_MS),
      staleTime: 0,
      gcTime: 0,
    },
    useReads(),
  );
  const isThrough = data !== undefined && data.state !== "COLLECTING";
  useEffect(() => {
    if (isThrough) router.refresh();
  }, [isThrough, router]);
  return (
    <output className={classes.collecting}>
      <Loader size="sm" aria-hidden />
      <span>
        {isThrough ? "Done, reading the result…" : "Checking the sources, fixing what is in scope, finding reviewers, signing."}{" "}
        <span className={classes.dim}>The work goes on if you leave.</span>
        {isError && (
          <span>
            {" "}
            <ToneText tone="warning">How far it is cannot be read now.</ToneText>
          </span>
        )}
      </span>
    </output>
  );
}
