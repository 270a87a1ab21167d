const UNITS = ["bytes", "KiB", "MiB", "GiB"] as const;

/** "5.2 KiB": one decimal under ten, none above; bytes are whole. */
export function bytesText(bytes: number | string): string {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return value === 1 ? "1 byte" : `${value} bytes`;
  return `${value < 10 ? (Math.floor(value * 10) / 10).toFixed(1) : Math.floor(value)} ${UNITS[unit]}`;
}
