import { describe, expect, it } from "vitest";
import { darkScheme, indigo, light, red, type Scheme, type Tone } from "./tokens.ts";

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const schemes: [string, Scheme][] = [
  ["light", light],
  ["dark", darkScheme],
];

describe.each(schemes)("%s scheme", (_name, scheme) => {
  const grounds = [...scheme.surfaces, scheme.hover, scheme.selected];

  it("writes text, dimmed text and links at 4.5:1 on each surface, hovered and selected", () => {
    for (const ground of grounds) {
      for (const ink of [scheme.text, scheme.textDimmed, scheme.link]) {
        expect(contrast(ink, ground), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it("draws controls, focus and chart marks at 3:1 on each surface", () => {
    for (const ground of scheme.surfaces) {
      for (const mark of [scheme.control, scheme.focus, ...scheme.chart]) {
        expect(contrast(mark, ground), `${mark} on ${ground}`).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it.each<Tone>(["neutral", "accent", "danger", "warning", "verified", "unknown"])(
    "writes %s at 4.5:1 on its fill and on each surface",
    (tone) => {
      const { text, fill } = scheme.tones[tone];
      for (const ground of [fill, ...scheme.surfaces]) expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    },
  );
});

it("writes white on filled buttons at 4.5:1", () => {
  for (const fill of [indigo[5], indigo[6], indigo[7], red[5], red[6], red[7]])
    expect(contrast("#ffffff", fill), fill).toBeGreaterThanOrEqual(4.5);
});
