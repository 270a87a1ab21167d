"use client";

import { Autocomplete } from "@mantine/core";
import { zones } from "./zoned.ts";

export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== null;
  } catch {
    return false;
  }
};

type ZoneFieldProps = { zone: string; onChange: (zone: string) => void; error: string | undefined };

export function ZoneField({ zone, onChange, error }: ZoneFieldProps) {
  return (
    <Autocomplete
      label="Time zone"
      required
      data={zones()}
      limit={30}
      value={zone}
      onChange={onChange}
      error={error ?? (isZone(zone) ? undefined : "Not a time zone like Europe/Vienna or UTC.")}
    />
  );
}
